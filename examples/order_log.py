"""An order book: written by the market, read like one of a real firm, and fitted."""

from pathlib import Path
from tempfile import TemporaryDirectory

import longgame
from longgame.experiments.books.fit import fit
from longgame.experiments.orders.read import read_orders
from longgame.experiments.orders.write import write_orders

if __name__ == "__main__":
    scenario = longgame.Scenario(months=24).but({"customers.count": 500, "customers.rate": 0.5})
    orders = longgame.run(scenario, 1, orders=True).orders
    with TemporaryDirectory() as folder:
        file = Path(folder, "orders.csv")
        write_orders(orders, file)
        log = read_orders(file)
    print(f"{len(log.frame):,} orders of {log.customers} customers in {log.months} months")
    fitted = fit(log, markets=30)  # 100 for numbers to rely on
    print(fitted.compared()[["words", "book", "market", "verdict"]].round(2).to_string(index=False))
