"""Workbooks as order files."""

from __future__ import annotations

import builtins
import re
from datetime import date

import pytest

from longgame.experiments.orders.read import read_orders
from longgame.sim.errors import InputError
from tests.experiments.made_orders import written
from tests.experiments.workbook import workbook

HEAD = ["Kunde", "Datum", "Betrag"]
ROWS = [["Nord", date(2024, 1, 5), 10.5], ["Süd", date(2024, 1, 31), 20]]


def test_a_workbook_is_read(tmp_path):
    log = read_orders(written(tmp_path, workbook({"Orders": [HEAD, *ROWS]}), "orders.xlsx"))
    assert log.frame[["customer", "amount"]].values.tolist() == [["Nord", 10.5], ["Süd", 20.0]]
    assert (log.first, log.last) == ("2024-01-05", "2024-01-31")


def test_title_rows_and_other_sheets_are_passed_over(tmp_path):
    sheets = {"Notes": [["made by hand"]], "Orders": [["Orders 2024"], HEAD, *ROWS]}
    assert read_orders(written(tmp_path, workbook(sheets), "orders.xlsx")).revenue == 30.5


def test_one_of_two_sheets_is_said(tmp_path):
    path = written(tmp_path, workbook({"2023": [HEAD, ROWS[0]], "2024": [HEAD, ROWS[1]]}), "orders.xlsx")
    assert read_orders(path, sheet="2023").revenue == 10.5
    for options, words in (
        ({}, "several sheets look like orders (2023, 2024)"),
        ({"sheet": "2022"}, "no sheet '2022'"),
    ):
        with pytest.raises(InputError, match=re.escape(words)):
            read_orders(path, **options)


def test_archives_and_empty_workbooks_are_refused(tmp_path):
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("orders.csv", "customer,date,amount\n")
    for data, words in ((packed.getvalue(), "is a zip archive"), (workbook({"Orders": []}), "is empty")):
        with pytest.raises(InputError, match=words):
            read_orders(written(tmp_path, data, "orders.xlsx"))


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name == "python_calamine":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"install python-calamine \(extra `excel`\)"):
        read_orders(written(tmp_path, workbook({"Orders": [HEAD]}), "orders.xlsx"))
