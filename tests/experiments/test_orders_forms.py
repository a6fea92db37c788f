"""Forms of order files are read with the right values, or refused in one line that says what would be right."""

from __future__ import annotations

import re

import pytest

from longgame.experiments.orders.read import read_orders
from longgame.sim.errors import InputError
from tests.experiments.made_orders import written
from tests.experiments.order_forms import DATES, MONTHS, READ, REFUSED, dates, table


@pytest.mark.parametrize("form", READ)
def test_a_form_is_read(tmp_path, form):
    text, options, orders, revenue = READ[form]
    log = read_orders(written(tmp_path, text, "file"), **options)
    assert len(log.frame) == orders
    assert log.revenue == pytest.approx(revenue, nan_ok=True)


@pytest.mark.parametrize("form", DATES)
def test_dates_are_read(tmp_path, form):
    texts, options, expected = DATES[form]
    log = read_orders(written(tmp_path, dates(*texts)), **options)
    assert sorted(f"{when:%Y-%m-%d}" for when in log.more["date"]) == sorted(expected)


@pytest.mark.parametrize("form", MONTHS)
def test_months_are_read(tmp_path, form):
    rows, options, expected = MONTHS[form]
    log = read_orders(written(tmp_path, "customer;month;amount\n" + rows), **options)
    assert (log.first, log.last, log.months) == expected


@pytest.mark.parametrize("form", REFUSED)
def test_what_is_ambiguous_or_broken_is_refused_in_one_line(tmp_path, form):
    text, options, words = REFUSED[form]
    path = written(tmp_path, text, "file")
    with pytest.raises(InputError) as error:
        read_orders(path, **options)
    (line,) = error.value.lines
    assert line.startswith(f"{path}: ") and all(word in line for word in words), line


@pytest.mark.parametrize(
    ("head", "rows", "expected"),
    [
        ("customer;year;month;amount", "a;2023;12;1\nb;2024;1;1", ["2023-12", "2024-01"]),
        ("Kunde;Jahr;Monat;Betrag", "a;2023;Dezember;1\nb;2024;Januar;1", ["2023-12", "2024-01"]),
        ("customer;year;month;day;amount", "a;2023;12;24;1\nb;2024;1;31;1", ["2023-12-24", "2024-01-31"]),
        ("cliente;año;mes;importe", "a;2023;12;1\nb;2024;1;1", ["2023-12", "2024-01"]),
    ],
)
def test_years_stand_apart_from_months(tmp_path, head, rows, expected):
    log = read_orders(written(tmp_path, f"{head}\n{rows}\n"))
    assert [log.first, log.last] == expected and log.months == 2


def test_what_is_left_out_is_said_in_rows_and_in_money(tmp_path):
    text = table(
        "North,2024-01-05,900,cancelled", "North,2024-02-05,1000,delivered", "South,2024-03-31,800,refunded",
        "South,2024-02-06,70,lost", "South,2024-02-07,5,open", head="customer,date,amount,status\n",
    )  # fmt: skip
    log = read_orders(written(tmp_path, text))
    assert [(out.why, out.rows, out.money) for out in log.left_out] == [
        ("lost deals", 1, 70.0),
        ("deals or orders that are open", 1, 5.0),
        ("cancelled or refunded orders", 2, 1700.0),
    ]
    assert log.sales == "status: sales are delivered; not cancelled, refunded, lost, open"
    assert log.lost[["customer", "amount"]].values.tolist() == [["South", 70.0]]


def test_a_reversed_invoice_is_netted_with_its_sale(tmp_path):
    rows = ["North,2024-01-05,1001,100", "North,2024-02-05,1002,70000"]
    rows += ["North,2024-02-05,C1002,-70000", "South,2024-03-31,1003,120"]
    log = read_orders(written(tmp_path, table(*rows, head="customer,date,invoice,amount\n")))
    assert log.frame["amount"].tolist() == [100.0, 120.0]
    assert [(out.why, out.rows, out.money) for out in log.left_out] == [
        ("returns, netted with their sales", 2, 70000.0)
    ]


def test_rows_and_money_add_up(tmp_path):
    rows = [f"c{k % 7},2024-0{1 + k % 3}-28,{k},{100 + k}" for k in range(40)]
    rows += ["c1,2024-03-29,x1,-101", "c2,2024-03-30,x2,-30", "c9,2024-03-31,x3,-5", "c3,2024-03-31,x4,0"]
    log = read_orders(written(tmp_path, table(*rows, head="customer,date,order_no,amount\n")))
    sold = sum(100 + k for k in range(40))
    netted, alone, nothing = log.left_out
    assert (netted.money, alone.money, nothing.money) == (131.0, -5.0, 0.0)
    assert log.revenue + netted.money == sold
    assert len(log.frame) + sum(out.rows for out in log.left_out) == len(rows)


def test_two_digit_years_are_said(tmp_path):
    log = read_orders(written(tmp_path, dates("31/12/99", "31/01/00")))
    assert log.months == 2 and "years of two digits as 1999 to 2000" in log.summary()


@pytest.mark.parametrize(("names", "words"), [
    (("north ltd", "North Ltd"), "'north ltd' and 'North Ltd' differ only in case"),
    (("Müller & Co.", "Mueller", "Muller Co"), "'Müller & Co.' and 'Muller Co'"),
    (("NA", "South"), "a customer is called 'NA'"),
])  # fmt: skip
def test_odd_names_are_pointed_out(tmp_path, names, words):
    log = read_orders(written(tmp_path, table(*(f"{name},2024-01-31,10" for name in names))))
    assert log.customers == len(names) and words in log.summary()


def test_salespeople_at_one_time_are_fewer_than_are_named(tmp_path):
    # Ann sells in months 1 to 4, Bob in 1 and 2, Cy in 3 and 4: three named, two at one time.
    who = {"Ann": (1, 4), "Bob": (1, 2), "Cy": (3, 4)}
    rows = [f"x,{month},{name},5" for name, months in who.items() for month in months]
    log = read_orders(written(tmp_path, table(*rows, head="customer,month,salesperson,amount\n")))
    assert (log.salespeople, log.salespeople_at_once) == (3, 2.0)


def test_keep_going_and_windows(tmp_path):
    path = written(tmp_path, table("a,1970-01-01,10", "b,2024-01-30,10", "c,2024-02-28,10", ",2024-02-28,9"))
    assert len(read_orders(path, keep_going=True).frame) == 3
    path = written(tmp_path, table("a,1970-01-01,10", "b,2024-01-30,10", "c,2024-02-28,10"))
    log = read_orders(path, window=("2000-01", None))
    assert (log.first, log.last, log.dropped) == (
        "2024-01-30",
        "2024-02-28",
        {"orders outside 2000-01 to the last month": 1},
    )


def test_a_second_file_is_joined_by_the_column_that_both_have(tmp_path):
    lines = written(tmp_path, "order_id,amount\n1,10\n2,20\n2,5\n", "lines.csv")
    heads = written(tmp_path, "order_id;Kunde;Datum\n1;North;2024-01-30\n2;South;2024-01-31\n", "heads.csv")
    log = read_orders(lines, join=[heads])
    assert log.frame[["customer", "amount"]].values.tolist() == [["North", 10.0], ["South", 25.0]]
    for text, words in (("order_id\n1\n1\n", "'1' twice"), ("a\n1\n", "shares 0 columns")):
        with pytest.raises(InputError, match=re.escape(words)):
            read_orders(lines, join=[written(tmp_path, text, "bad.csv")])


def test_every_number_of_forms_is_there():
    assert len(READ) + len(DATES) + len(MONTHS) + len(REFUSED) >= 120
