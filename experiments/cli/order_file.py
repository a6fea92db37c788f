"""Options of commands that read an order file."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from longgame.experiments.orders.log import OrderLog

BookFile = Annotated[str, Parameter(help="Order file: CSV, text, JSON, Parquet or a workbook.")]
MoreFiles = Annotated[
    str, Parameter(help="Further files of the same columns, such as one a month; all are read as one.")
]
Column = Annotated[str | None, Parameter(metavar="COL")]


@Parameter(name="*")
@dataclass(frozen=True)
class OrderFile:
    """Options that say how an order file is to be read, as `longgame.experiments.orders.read.read_orders` knows them.

    Attributes
    ----------
    customer : str, optional
        Column that holds the customer.
    salesperson : str, optional
        Column that holds the salesperson.
    firm : str, optional
        Column that holds the firm.
    date : str, optional
        Column that holds the date.
    month : str, optional
        Column that holds the month.
    year : str, optional
        Column that holds the year, where the month stands apart.
    amount : str, optional
        Column that holds the amount.
    unit_price : str, optional
        Column that holds the price of one piece.
    quantity : str, optional
        Column that holds how many pieces.
    order : str, optional
        Column that holds the order number.
    status : str, optional
        Column that holds the status or stage; "" says that there is none.
    cancelled : str, optional
        Column that says what was cancelled.
    product : str, optional
        Column that holds the product.
    currency_column : str, optional
        Column that holds the currency.
    source : str, optional
        Column that holds where the customer came from.
    refund : str, optional
        Column that holds what was paid back of an order.
    won : tuple of str
        Values of the status that are sales; all others are none.
    currency : str, optional
        Keep amounts in this currency only.
    date_format : str, optional
        Format of the dates, for example %d.%m.%Y.
    decimal : str, optional
        Sign before decimals: a dot or a comma.
    encoding : str, optional
        Encoding of a text that is not UTF-8, for example cp1252.
    sheet : str, optional
        Sheet of a workbook.
    join : tuple of str
        Files whose columns are added, by the one column that both have.
    start : str, optional
        First month to keep.
    end : str, optional
        Last month to keep.
    keep_going : bool
        Go on although more than a tenth is unusable, or years lie between two orders.
    """

    customer: Column = None
    salesperson: Column = None
    firm: Column = None
    date: Column = None
    month: Column = None
    year: Column = None
    amount: Column = None
    unit_price: Column = None
    quantity: Column = None
    order: Column = None
    status: Column = None
    cancelled: Column = None
    product: Column = None
    currency_column: Column = None
    source: Column = None
    refund: Column = None
    won: Annotated[tuple[str, ...], Parameter(consume_multiple=True, metavar="VALUE")] = ()
    currency: Annotated[str | None, Parameter(metavar="CODE")] = None
    date_format: Annotated[str | None, Parameter(metavar="FORMAT")] = None
    decimal: Annotated[str | None, Parameter(metavar="SIGN")] = None
    encoding: Annotated[str | None, Parameter(metavar="NAME")] = None
    sheet: Annotated[str | None, Parameter(metavar="NAME")] = None
    join: Annotated[tuple[str, ...], Parameter(consume_multiple=True, metavar="FILE")] = ()
    start: Annotated[str | None, Parameter(name="--from", metavar="YYYY-MM")] = None
    end: Annotated[str | None, Parameter(name="--to", metavar="YYYY-MM")] = None
    keep_going: bool = False

    def read(self, path: str, *more: str) -> OrderLog:
        """Read an order file, or several of the same columns as one.

        Raises
        ------
        InputError
            One line per mistake; what would be right is said in the options of the command.
        """
        from longgame.experiments.orders.read import read_orders
        from longgame.sim.errors import InputError

        meanings = [field.name for field in fields(self)[:16]]
        columns = {
            name.removesuffix("_column"): column for name in meanings if (column := getattr(self, name)) is not None
        }
        try:
            return read_orders(
                path,
                columns or None,
                more=more,
                date_format=self.date_format,
                window=(self.start, self.end),
                won=self.won,
                currency=self.currency,
                decimal=self.decimal,
                encoding=self.encoding,
                sheet=self.sheet,
                join=self.join,
                keep_going=self.keep_going,
            )
        except InputError as error:
            raise InputError(*map(in_options, error.lines)) from None


def in_options(line: str) -> str:
    """Return a remedy of `longgame.experiments.orders.read.read_orders` in the options of a command.

    Examples
    --------
    >>> in_options("say which with columns={'currency': ...}"), in_options("choose one with currency='EUR'")
    ('say which with --currency-column COL', 'choose one with --currency EUR')
    """
    line = line.replace("columns={'currency'", "columns={'currency-column'").replace(
        "columns={'unit_price'", "columns={'unit-price'"
    )
    line = re.sub(r"columns=\{'([\w-]+)': \.\.\.\}", r"--\1 COL", line)
    line = re.sub(r"columns=\{'([\w-]+)': ''\}", r"--\1 ''", line)
    line = re.sub(r"window=\('(\S*?)', '(\S*?)'\)", r"--from \1 --to \2", line)
    line = line.replace("won=[...]", "--won VALUE").replace("keep_going=True", "--keep-going")
    line = re.sub(r"\b(currency|decimal|encoding|sheet)='([^']*)'", r"--\1 \2", line)
    return line.replace("date_format=", "--date-format ").replace("give date_format", "give --date-format")
