"""An order log: written by the market, read like one of a real firm, and fitted."""

from pathlib import Path
from tempfile import TemporaryDirectory

import longgame
from longgame.experiments.orders.calibrate import calibrate
from longgame.experiments.orders.read import read_orders
from longgame.experiments.orders.write import write_orders

if __name__ == "__main__":
    scenario = longgame.Scenario(months=36).but({"customers.count": 1000})
    orders = longgame.run(scenario, 1, orders=True).orders
    with TemporaryDirectory() as folder:
        file = Path(folder, "orders.csv")
        write_orders(orders, file)
        log = read_orders(file)
    print(f"{len(log.frame):,} orders of {log.customers} customers in {log.months} months")
    market = calibrate(log).scenario()
    print(
        f"needs a month: {market.customers.rate:.2f} fitted, {scenario.customers.rate:.2f} in the market that wrote it"
    )
    print(f"customers: {market.customers.count:,}; salespeople: {market.sellers}")
