"""`longgame orders`, and a fit to a log without amounts."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from longgame.experiments.cli.main import main
from longgame.experiments.orders.read import read_orders
from longgame.experiments.studies.order_book import facts, order_book
from tests.experiments.made_orders import made_log, written

TEXT = (
    "customer,date,amount,status,salesperson\nNorth,2024-01-05,900,cancelled,Ann\nNorth,2024-02-05,1000,delivered,Ann\n"
    "South,2024-03-31,800,paid,Bob\nNorth,2024-03-31,200,paid,Bob\n"
)


def test_json_holds_the_numbers_and_what_was_left_out(tmp_path, capsys):
    assert main(["orders", str(written(tmp_path, TEXT)), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = {
        "customers": 2, "orders": 3, "revenue": 2000.0, "salespeople": 2, "salespeople_at_once": 1.0,
        "first": "2024-02-05", "last": "2024-03-31", "months": 2, "one_time_buyers": 0.5, "repeat_share": 1.0,
        "top_fifth": 0.6, "dropped": [{"why": "cancelled or refunded orders", "rows": 1, "money": 900.0}],
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_the_report_names_what_a_sale_is_and_the_money_left_out(tmp_path, capsys):
    assert main(["orders", str(written(tmp_path, TEXT))]) == 0
    shown = capsys.readouterr().out
    assert "sales are" in shown and "900.00" in shown and "2,000.00" in shown
    assert main(["orders", str(written(tmp_path, TEXT)), "--won", "cancelled", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["revenue"] == 900.0


def test_tables_and_figures_are_written(tmp_path):
    out = tmp_path / "book"
    assert main(["orders", str(written(tmp_path, TEXT)), "--out", str(out), "--json"]) == 0
    assert (out / "months.csv").read_text().splitlines() == ["month,orders,revenue", "1,1,1000.0", "2,2,1000.0"]
    assert (out / "dropped.csv").exists() and list((out / "figures").glob("paper/months*"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--customer", "who"], ["'who' for `customer` is not there"]),
        (["--date-format", "%s"], ["--date-format '%s'", "cannot be used"]),
        (["--won", "sold"], ["no value 'sold'"]),
        (["--status", ""], []),
        (["--from", "2024-03", "--to", "2024-01"], ["2024-03 to 2024-01", "in order"]),
        (["--sheet", "x", "--decimal", "x"], ["--decimal x"]),
    ],
)
def test_mistakes_are_one_line_in_the_options_of_the_command(tmp_path, capsys, options, words):
    path = str(written(tmp_path, TEXT))
    assert main(["orders", path, *options]) == (2 if words else 0)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == bool(words) and all(path in line and all(w in line for w in words) for line in lines), lines


@pytest.mark.parametrize("name", ["months", "customers"])
def test_figures_say_what_they_show(name):
    figure = order_book(made_log()).plot(name)
    assert figure.get_suptitle() and len(figure.axes) == {"months": 2, "customers": 3}[name]
    assert "made.csv" in figure.get_supxlabel()


def test_a_log_without_amounts_has_no_revenue():
    bare = replace(made_log(), frame=made_log().frame.assign(amount=np.nan))
    assert facts(bare)["revenue"] is None and len(order_book(bare).figures) == 2


def test_what_is_known_of_orders_stands_beside_them(tmp_path):
    text = (
        "customer,date,amount,lead source,product,qty\nNorth,2024-02-29,5,fair,nuts,2\nSouth,2024-01-31,6,web,bolts,3\n"
    )
    more = read_orders(written(tmp_path, text)).more
    assert more[["source", "product", "quantity"]].values.tolist() == [["web", "bolts", 3.0], ["fair", "nuts", 2.0]]


def test_files_of_the_same_columns_are_read_as_one(tmp_path, capsys):
    paths = [str(written(tmp_path, f"customer,date,amount\nNorth,2024-0{k}-31,{k}00\n", f"{k}.csv")) for k in (1, 3)]
    paths.insert(1, str(written(tmp_path, "amount,customer,date,note\n200,South,2024-02-29,x\n", "2.csv")))
    assert main(["orders", *paths, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [found[name] for name in ("orders", "customers", "revenue", "months")] == [3, 2, 600.0, 3]
    other = str(written(tmp_path, "customer,date,value\nNorth,2024-04-30,1\n", "4.csv"))
    assert main(["orders", *paths, other]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"longgame orders: {other}: has no column 'amount'"), line


def test_refunds_beside_their_orders_are_taken_off(tmp_path, capsys):
    text = (
        "customer,date,amount,status,refund\nNorth,2024-01-05,100,partially refunded,30\nNorth,2024-01-31,50,paid,50\n"
        "South,2024-01-31,20,paid,\nSouth,2024-01-31,900,refunded,900\n"
    )
    assert main(["orders", str(written(tmp_path, text)), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [found[name] for name in ("orders", "customers", "revenue")] == [2, 2, 90.0]
    assert [tuple(out.values()) for out in found["dropped"]] == [
        ("cancelled or refunded orders", 1, 900.0),
        ("returns, netted with their sales", 1, 50.0),
        ("refunds, taken off their sales", 0, 30.0),
    ]
