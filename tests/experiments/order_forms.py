"""Forms of order files: small files of every kind, with values worked out by hand."""

from __future__ import annotations

import gzip
import json

HEAD = "customer,date,amount\n"
NUMBERED = "customer,date,order_id,amount\n"
INVOICES = "customer,date,invoice,amount\n"
CURRENCIES = "customer,date,amount,currency\n"
STATUSES = "customer,date,amount,status\n"
#: Two orders of 10 and 20 in January 2024, as most forms below write them.
TWO = (2, 30.0)


def table(*rows: str, head: str = HEAD) -> str:
    return head + "".join(row + "\n" for row in rows)


def amounts(*texts: str, separator: str = ";") -> str:
    rows = (separator.join((f"c{k}", "2024-01-31", text)) for k, text in enumerate(texts))
    return table(*rows, head=HEAD.replace(",", separator))


def dates(*texts: str) -> str:
    return table(*(f"c{k};{text};10" for k, text in enumerate(texts)), head="customer;date;amount\n")


def statuses(*words: str, name: str = "status") -> str:
    """One order of 1, 10, 100, … for each word: the revenue says which were taken for sales."""
    rows = (f"c{k};2024-01-31;{10**k};{word}" for k, word in enumerate(words))
    return table(*rows, head=f"customer;date;amount;{name}\n")


def columns(names: str) -> str:
    customer, date, amount = names.split(";")
    return f"{customer};{date};{amount}\nNorth;2024-01-30;10\nSouth;2024-01-31;20\n"


PLAIN = table("North,2024-01-30,10", "South,2024-01-31,20")

#: Name → (text, options, orders, revenue).
READ: dict[str, tuple[str | bytes, dict, int, float]] = {
    # -- separators, line ends, layout
    "comma": (PLAIN, {}, *TWO),
    "semicolon": (PLAIN.replace(",", ";"), {}, *TWO),
    "tab": (PLAIN.replace(",", "\t"), {}, *TWO),
    "bar": (PLAIN.replace(",", "|"), {}, *TWO),
    "spaces": (PLAIN.replace(",", "  "), {}, *TWO),
    "line ends of Windows": (PLAIN.replace("\n", "\r\n"), {}, *TWO),
    "line ends of old Macs": (PLAIN.replace("\n", "\r"), {}, *TWO),
    "no line end at the end": (PLAIN.rstrip(), {}, *TWO),
    "blank lines between": (PLAIN.replace("\n", "\n\n"), {}, *TWO),
    "sep line": ("sep=;\n" + PLAIN.replace(",", ";"), {}, *TWO),
    "sep line in quotes": ('"sep=|"\n' + PLAIN.replace(",", "|"), {}, *TWO),
    "title lines above": ("Orders 2024\nprinted on Monday\n\n" + PLAIN, {}, *TWO),
    "gzip": (gzip.compress(PLAIN.encode()), {}, *TWO),
    # -- quoting
    "quotes": (table('"North","2024-01-30","10"', '"South","2024-01-31","20"'), {}, *TWO),
    "comma in quotes": (table('"North, Inc.",2024-01-30,10', "South,2024-01-31,20"), {}, *TWO),
    "line break in quotes": (table('"North\nLtd",2024-01-30,10', "South,2024-01-31,20"), {}, *TWO),
    "line break in a quoted name": (
        'customer,"order\ndate",amount\nNorth,2024-01-30,10\nSouth,2024-01-31,20\n',
        {},
        *TWO,
    ),
    "quotes in quotes": (table('"North ""N"" Ltd",2024-01-30,10', "South,2024-01-31,20"), {}, *TWO),
    # -- encodings
    "byte order mark": ("\ufeff" + PLAIN, {}, *TWO),
    "UTF-16, small end first": (b"\xff\xfe" + PLAIN.encode("utf-16-le"), {}, *TWO),
    "UTF-16, large end first": (b"\xfe\xff" + PLAIN.encode("utf-16-be"), {}, *TWO),
    "UTF-16 with tabs, as Excel writes it": (PLAIN.replace(",", "\t").encode("utf-16"), {}, *TWO),
    "Latin-1, said": (
        table("Jürgen,2024-01-30,10", "Zoë,2024-01-31,20").encode("cp1252"),
        {"encoding": "cp1252"},
        *TWO,
    ),
    # -- decimals
    "decimal dot": (amounts("10.50", "20.25"), {}, 2, 30.75),
    "decimal comma": (amounts("10,50", "20,25"), {}, 2, 30.75),
    "thousands comma": (amounts("1,234.50", "20.25"), {}, 2, 1254.75),
    "thousands dot": (amounts("1.234,50", "20,25"), {}, 2, 1254.75),
    "thousands space": (amounts("1 234,50", "20,25"), {}, 2, 1254.75),
    "thousands no-break space": (amounts("1\u00a0234,50", "20,25"), {}, 2, 1254.75),
    "thousands narrow space": (amounts("1\u202f234,50", "20,25"), {}, 2, 1254.75),
    "thousands apostrophe": (amounts("1'234.50", "20.25"), {}, 2, 1254.75),
    "thousands curly apostrophe": (amounts("1’234.50", "20.25"), {}, 2, 1254.75),
    "lakhs": (amounts("1,23,456.00", "20.25"), {}, 2, 123476.25),
    "millions by comma": (amounts("1,234,567", "1,000"), {}, 2, 1235567.0),
    "millions by dot": (amounts("1.234.567", "1.000"), {}, 2, 1235567.0),
    "comma said": (amounts("1,234", "2,500"), {"decimal": ","}, 2, 3.734),
    "dot said": (amounts("1,234", "2,500"), {"decimal": "."}, 2, 3734.0),
    "dot of thousands said": (amounts("1.234", "2.500"), {"decimal": ","}, 2, 3734.0),
    "exponent": (amounts("1.5e3", "2E1"), {}, 2, 1520.0),
    "no digit before the dot": (amounts(".50", "2.25"), {}, 2, 2.75),
    "plus": (amounts("+10", "20"), {}, *TWO),
    "Swiss dash for pence": (amounts("10.-", "20.50"), {}, 2, 30.5),
    # -- minus signs: 100 sold, 30 taken back
    **{
        f"minus as {text}": (
            table(
                "North;2024-01-05;100", f"North;2024-01-06;{text}", "South;2024-01-31;20", head=HEAD.replace(",", ";")
            ),
            {},
            2,
            90.0,
        )
        for text in (
            "-30",
            "30-",
            "(30)",
            "−30",
            "–30",
            "-30.00",
            "30.00-",
            "(30.00)",
            "- 30",
            "$-30",
            "-$30",
            "($30)",
            "30 CR",
        )
    },
    # -- currencies
    "dollar sign": (amounts("$10", "$20"), {}, *TWO),
    "euro behind": (amounts("10,00 €", "20,00 €"), {}, *TWO),
    "code in front": (amounts("EUR 10.00", "EUR 20.00"), {}, *TWO),
    "code behind": (amounts("10 CHF", "20 CHF"), {}, *TWO),
    "crowns": (amounts("10 kr", "20 kr"), {}, *TWO),
    "unit in the name": (columns("customer;date;amount (EUR)"), {}, *TWO),
    "sign in the name": (columns("Kunde;Datum;Umsatz in €"), {}, *TWO),
    "one currency in a column": (table("a,2024-01-30,10,EUR", "b,2024-01-31,20,eur", head=CURRENCIES), {}, *TWO),
    "one of two currencies": (
        table("a,2024-01-30,10,EUR", "b,2024-01-31,2000,JPY", head=CURRENCIES),
        {"currency": "eur"},
        1,
        10.0,
    ),
    "one of two signs": (amounts("$10", "€20"), {"currency": "EUR"}, 1, 20.0),
    # -- names of columns
    **{
        f"columns {names}": (columns(names), {}, *TWO)
        for names in (
            "Customer ID;Order Date;Sales Amount",
            "client;invoice_date;total",
            "Account Name;Close Date;Amount",
            "buyer;timestamp;value",
            "Kunde;Datum;Betrag",
            "Kundennummer;Bestelldatum;Umsatz",
            "Auftraggeber;Rechnungsdatum;Nettobetrag",
            "Debitor;Belegdatum;Summe",
            "Client;Date de commande;Montant",
            "Acheteur;Date facture;Montant TTC",
            "Cliente;Fecha;Importe",
            "Comprador;Fecha pedido;Monto",
            "Company;Date;Amount",
            "Firma;Datum;Erlös",
            "Empresa;Fecha;Valor",
            "Société;Date vente;Total HT",
            "email;created_at;total_price",
        )
    },
    "price for an amount": (columns("customer;date;price"), {}, *TWO),
    "price times quantity": (
        table("a,2024-01-30,2,5", "b,2024-01-31,4,5", head="customer,date,qty,unit_price\n"),
        {},
        *TWO,
    ),
    "Einzelpreis times Menge": (
        table("a,2024-01-30,2,5", "b,2024-01-31,4,5", head="Kunde,Datum,Menge,Einzelpreis\n"),
        {},
        *TWO,
    ),
    "two equal amounts": (
        table("a,2024-01-30,10,10.00", "b,2024-01-31,20,20.00", head="customer,date,amount,total\n"),
        {},
        *TWO,
    ),
    "one of two amounts": (
        table("a,2024-01-30,10,11.9", "b,2024-01-31,20,23.8", head="customer,date,net,gross\n"),
        {"columns": {"amount": "gross"}},
        2,
        35.7,
    ),
    # -- names of customers
    "a customer called NA": (table("NA,2024-01-30,10", "South,2024-01-31,20"), {}, *TWO),
    "a customer called null": (table("null,2024-01-30,10", "None,2024-01-31,20"), {}, *TWO),
    "zeros in front": (table("007,2024-01-30,10", "7,2024-01-31,20"), {}, *TWO),
    # -- order numbers
    "lines of an order": (table("a,2024-01-30,1,4", "a,2024-01-30,1,6", "b,2024-01-31,2,20", head=NUMBERED), {}, *TWO),
    "one number, two customers": (table("a,2024-01-30,1,10", "b,2024-01-30,1,20", head=NUMBERED), {}, *TWO),
    "a contract on three dates": (
        table("a,2024-01-05,S1,50", "a,2024-02-05,S1,50", "a,2024-03-31,S1,50", head=NUMBERED),
        {},
        3,
        150.0,
    ),
    "a discount line": (table("a,2024-01-30,1,12", "a,2024-01-30,1,-2", "b,2024-01-31,2,20", head=NUMBERED), {}, *TWO),
    # -- reversals
    "reversed under the same number": (
        table("a,2024-01-05,7,99", "a,2024-01-20,7,-99", "b,2024-01-31,8,20", head=NUMBERED),
        {},
        1,
        20.0,
    ),
    "reversed under a letter and the number": (
        table("a,2024-01-05,7,99", "a,2024-01-06,8,50", "a,2024-01-20,C7,-99", "b,2024-01-31,9,20", head=INVOICES),
        {},
        2,
        70.0,
    ),
    "credit in part": (
        table("a,2024-01-05,7,99", "a,2024-01-20,CN-7,-9", "b,2024-01-31,8,20", head=INVOICES),
        {},
        2,
        110.0,
    ),
    "reversed by the amount": (
        table("a,2024-01-05,50", "a,2024-01-06,70", "a,2024-01-07,-50", "b,2024-01-31,20"),
        {},
        2,
        90.0,
    ),
    "credit over two sales": (
        table("a,2024-01-05,50", "a,2024-01-06,70", "a,2024-01-07,-100", "b,2024-01-31,20"),
        {},
        2,
        40.0,
    ),
    "a return without its sale": (table("a,2024-01-05,-50", "a,2024-01-06,70", "b,2024-01-31,20"), {}, 2, 90.0),
    "the return of another": (table("a,2024-01-05,50", "b,2024-01-06,-50", "b,2024-01-31,20"), {}, 2, 70.0),
    "an order of nothing": (table("a,2024-01-05,0", "b,2024-01-30,10", "c,2024-01-31,20"), {}, *TWO),
    "refunded and paid back": (
        table("a,2024-01-05,50,refunded", "a,2024-01-09,-50,refund", "a,2024-01-30,50,paid", head=STATUSES),
        {},
        1,
        50.0,
    ),
    # -- statuses: digits of the revenue say which rows were sales
    "orders of a shop": (statuses("paid", "pending", "shipped", "refunded", "delivered"), {}, 3, 10101.0),
    "stages of a CRM": (
        statuses("Closed Won", "Closed Lost", "Prospecting", "Negotiation/Review", "Value Proposition"),
        {},
        1,
        1.0,
    ),
    "stages in one word": (
        statuses("closedwon", "closedlost", "appointmentscheduled", "contractsent", name="Deal Stage"),
        {},
        1,
        1.0,
    ),
    "numbered stages": (statuses("6 - Won", "7 - Lost", "1 - Qualification", "3 - Quote sent"), {}, 1, 1.0),
    "won and lost": (statuses("Won", "Lost", "Engaging", name="deal_stage"), {}, 1, 1.0),
    "invoices": (statuses("Paid", "Unpaid", "Overdue", "Void", "partially refunded"), {}, 2, 10001.0),
    "not yet": (statuses("paid", "not paid", "awaiting payment", "on hold"), {}, 1, 1.0),
    "German": (statuses("bezahlt", "offen", "storniert", "geliefert", "Angebot", name="Auftragsstatus"), {}, 2, 1001.0),
    "German stages": (statuses("Gewonnen", "Verloren", "In Verhandlung", name="Phase"), {}, 1, 1.0),
    "German, not": (statuses("Versandt", "nicht bezahlt", "Gutschrift"), {}, 1, 1.0),
    "French": (statuses("payée", "annulée", "en attente", "expédiée", "remboursée", name="Statut"), {}, 2, 1001.0),
    "French stages": (statuses("Gagné", "Perdu", "Proposition", name="Étape"), {}, 1, 1.0),
    "Spanish": (statuses("pagado", "cancelado", "pendiente", "entregado", "devuelto", name="Estado"), {}, 2, 1001.0),
    "Spanish stages": (statuses("Ganada", "Perdida", "Negociación", name="Etapa"), {}, 1, 1.0),
    "capitals": (statuses("PAID", "CANCELLED", "Shipped"), {}, 2, 101.0),
    "said": (statuses("paid", "gold", "shipped"), {"won": ["GOLD"]}, 1, 10.0),
    "all that are said": (statuses("paid", "gold", "shipped"), {"won": ["gold", "shipped"]}, 2, 110.0),
    "no status": (statuses("gold", "silver"), {"columns": {"status": ""}}, 2, 11.0),
    "won, by yes and no": (statuses("yes", "no", "yes", name="is_won"), {}, 2, 101.0),
    "won, by 1 and 0": (statuses("1", "0", "1", name="Won"), {}, 2, 101.0),
    "cancelled, by True and False": (statuses("False", "True", "False", name="cancelled"), {}, 2, 101.0),
    "cancelled, by a date": (statuses("", "2024-01-31", "", name="cancelled_at"), {}, 2, 101.0),
    "storniert, by ja and nein": (statuses("nein", "ja", "nein", name="storniert"), {}, 2, 101.0),
    # -- without amounts
    "no amount": (table("a,2024-01-30", "b,2024-01-31", head="customer,date\n"), {}, 2, float("nan")),
    # -- JSON
    "JSON lines": (
        '{"customer":"a","date":"2024-01-30","amount":10}\n{"customer":"b","date":"2024-01-31","amount":20}\n',
        {},
        *TWO,
    ),
    "JSON lines of texts": (
        '{"customer":"a","date":"30.01.2024","amount":"10,0"}\n{"customer":"b","date":"31.01.2024","amount":"20,0"}\n',
        {},
        *TWO,
    ),
    "a JSON array": (
        json.dumps(
            [
                {"customer": "a", "date": "2024-01-30", "amount": 10},
                {"customer": "b", "date": "2024-01-31", "amount": 20.0},
            ]
        ),
        {},
        *TWO,
    ),
}

#: Name → (dates as written, options, dates as they are).
DATES: dict[str, tuple[list[str], dict, list[str]]] = {
    "ISO": (["2024-01-05", "2024-01-31"], {}, ["2024-01-05", "2024-01-31"]),
    "ISO with one digit": (["2024-1-5", "2024-01-31"], {}, ["2024-01-05", "2024-01-31"]),
    "ISO with time": (["2024-01-05 10:00", "2024-01-31 23:59:59"], {}, ["2024-01-05", "2024-01-31"]),
    "ISO with parts of seconds": (
        ["2024-01-05T10:00:00.123", "2024-01-31T00:00:00.000"],
        {},
        ["2024-01-05", "2024-01-31"],
    ),
    "UTC": (["2024-01-05T10:00:00Z", "2024-01-31T23:00:00Z"], {}, ["2024-01-05", "2024-01-31"]),
    "west of Greenwich": (["2024-01-05T10:00:00-05:00", "2024-01-31T23:30:00-05:00"], {}, ["2024-01-05", "2024-01-31"]),
    "east of Greenwich": (["2024-01-05T10:00:00+09:00", "2024-01-01T00:30:00+09:00"], {}, ["2024-01-05", "2024-01-01"]),
    "winter and summer": (["2024-01-05 10:00 +0100", "2024-07-31 00:30 +0200"], {}, ["2024-01-05", "2024-07-31"]),
    "8 digits": (["20240105", "20240131"], {}, ["2024-01-05", "2024-01-31"]),
    "day first, slashes": (["05/01/2024", "31/01/2024"], {}, ["2024-01-05", "2024-01-31"]),
    "month first, slashes": (["01/05/2024", "01/31/2024"], {}, ["2024-01-05", "2024-01-31"]),
    "day first, dots": (["05.01.2024", "06.02.2024"], {}, ["2024-01-05", "2024-02-06"]),
    "day first, dots and blanks": (["5. 1. 2024", "31. 1. 2024"], {}, ["2024-01-05", "2024-01-31"]),
    "day first, hyphens": (["05-01-2024", "31-01-2024"], {}, ["2024-01-05", "2024-01-31"]),
    "year first, slashes": (["2024/01/05", "2024/01/31"], {}, ["2024-01-05", "2024-01-31"]),
    "day first, with time": (["05/01/2024 9:30", "31/01/2024 9:30"], {}, ["2024-01-05", "2024-01-31"]),
    "two-digit years": (["31/12/99", "31/01/00"], {}, ["1999-12-31", "2000-01-31"]),
    "two-digit years, dots": (["05.01.24", "31.01.24"], {}, ["2024-01-05", "2024-01-31"]),
    "words, English": (["5 Jan 2024", "31 January 2024"], {}, ["2024-01-05", "2024-01-31"]),
    "words, month first": (["Jan 5, 2024", "March 31, 2024"], {}, ["2024-01-05", "2024-03-31"]),
    "words, short years": (["05-Jan-24", "31-Mar-24"], {}, ["2024-01-05", "2024-03-31"]),
    "words, German": (["5. Januar 2024", "31. März 2024"], {}, ["2024-01-05", "2024-03-31"]),
    "words, French": (["5 février 2024", "31 août 2024"], {}, ["2024-02-05", "2024-08-31"]),
    "words, Spanish": (["5 de enero de 2024", "31 de agosto de 2024"], {}, ["2024-01-05", "2024-08-31"]),
    "words and a weekday": (["Fri 5 Jan 2024", "Wed 31 Jan 2024"], {}, ["2024-01-05", "2024-01-31"]),
    "days of a spreadsheet": (["45296", "45322"], {}, ["2024-01-05", "2024-01-31"]),
    "seconds": (["1704412800", "1706659200"], {}, ["2024-01-05", "2024-01-31"]),
    "milliseconds": (["1704412800000", "1706659200000"], {}, ["2024-01-05", "2024-01-31"]),
    "day first, said": (["03/04/2024", "05/06/2024"], {"date_format": "%d/%m/%Y"}, ["2024-04-03", "2024-06-05"]),
    "month first, said": (["03/04/2024", "05/06/2024"], {"date_format": "%m/%d/%Y"}, ["2024-03-04", "2024-05-06"]),
    "years first, said": (["20-10-16", "21-11-17"], {"date_format": "%y-%m-%d"}, ["2020-10-16", "2021-11-17"]),
}

#: Name → (text, first and last month, months).
MONTHS: dict[str, tuple[str, dict, tuple[str, str, int]]] = {
    "year and month": ("a;2024-01;1\nb;2024-03;1\n", {}, ("2024-01", "2024-03", 3)),
    "year/month": ("a;2024/01;1\nb;2024/03;1\n", {}, ("2024-01", "2024-03", 3)),
    "month/year": ("a;01/2024;1\nb;03/2024;1\n", {}, ("2024-01", "2024-03", 3)),
    "6 digits": ("a;202401;1\nb;202403;1\n", {}, ("2024-01", "2024-03", 3)),
    "6 digits, said": ("a;202401;1\nb;202403;1\n", {"date_format": "%Y%m"}, ("2024-01", "2024-03", 3)),
    "words": ("a;January 2024;1\nb;März 2024;1\n", {}, ("2024-01", "2024-03", 3)),
    "short words, said": ("a;Jan-24;1\nb;Mar-24;1\n", {"date_format": "%b-%y"}, ("2024-01", "2024-03", 3)),
    "numbers": ("a;1;1\nb;3;1\n", {}, ("", "", 3)),
}

#: Name → (text, options, words of the one line).
REFUSED: dict[str, tuple[str | bytes, dict, list[str]]] = {
    "two amounts": (
        table("a,2024-01-30,10,11.9", "b,2024-01-31,20,23.8", head="customer,date,net,gross\n"),
        {},
        ["'net' (sum 30.00)", "'gross' (sum 35.70)", "columns={'amount': ...}"],
    ),
    "two currencies": (
        table("a,2024-01-30,10,EUR", "b,2024-01-31,20,JPY", head=CURRENCIES),
        {},
        ["EUR (10.00", "JPY (20.00", "currency='EUR'"],
    ),
    "two signs": (amounts("$10", "€20"), {}, ["USD", "EUR", "cannot be added up"]),
    "a currency that is not there": (amounts("$10", "$20"), {"currency": "EUR"}, ["no 'EUR'", "USD"]),
    "comma of thousands or decimals": (amounts("1,234"), {}, ["1234 or 1.234", "decimal=','"]),
    "dot of thousands or decimals": (amounts("1.234"), {}, ["1234 or 1.234", "decimal='.'"]),
    "both decimals": (amounts("1,5", "1.5"), {}, ["'1,5' and '1.5'"]),
    "a decimal sign that is none": (PLAIN, {"decimal": ";"}, ["decimal=';'", "'.' or ','"]),
    "day or month": (dates("03/04/2024"), {}, ["day/month/year or month/day/year", '"%d/%m/%Y" or "%m/%d/%Y"']),
    "day or year": (dates("05-06-07", "06-07-08"), {}, ["year/month/day", '"%y-%m-%d"']),
    "a month in words and two digits": (
        "customer;month;amount\na;Jan-24;1\n",
        {},
        ["column 'month'", "24 may be the year or the day", '"%b-%y"'],
    ),
    "a format of no library": (PLAIN, {"date_format": "%s"}, ["date_format='%s'", "'date'"]),
    "a format without days": (PLAIN, {"date_format": "%G-W%V"}, ["date_format='%G-W%V'", "'date'"]),
    "a format that fits none": (PLAIN, {"date_format": "%d.%m.%Y"}, ["'2024-01-30'", "fits none"]),
    "a Buddhist calendar": (dates("2567-01-05", "2567-01-31"), {}, ["'2567-01-05'", "1900 to 2100", "Gregorian"]),
    "a Persian calendar": (dates("1402/10/15", "1402/11/11"), {}, ["'1402/10/15'", "Gregorian"]),
    "years without months": ("customer;year;amount\na;2024;1\n", {}, ["no column for `date`"]),
    "a status of no meaning": (
        statuses("paid", "gold"),
        {},
        ["'gold' in 1 rows", "won=[...]", "columns={'status': ''}"],
    ),
    "closed": (statuses("closed", "open"), {}, ["'closed'", "may or may not"]),
    "no sale at all": (statuses("lost", "open"), {}, ["none of the 2 rows", "1 lost deals (1.00)", "column 'status'"]),
    "won that is not there": (statuses("paid"), {"won": ["sold"]}, ["no value 'sold'", "'paid'"]),
    "won without a status": (PLAIN, {"won": ["sold"]}, ["no column says what a sale is"]),
    "a price and no quantity": (columns("customer;date;unit_price"), {}, ["'unit_price'", "columns={'quantity': ...}"]),
    "more than a tenth without customers": (
        table(*["a,2024-01-30,10"] * 8, ",2024-01-31,10"),
        {},
        ["11% of the rows and 11% of the money", "1 rows without a customer (10.00)", "keep_going=True"],
    ),
    "more than a tenth of the money": (
        table(*["a,2024-01-30,10"] * 20, ",2024-01-31,100"),
        {},
        ["5% of the rows and 33% of the money", "keep_going=True"],
    ),
    "a placeholder for a date": (
        table("a,1970-01-01,10", "b,2024-01-30,10", "c,2024-02-28,10"),
        {},
        ["650 months", "1970-01 and 2024-01", "1 of 3 orders", "window=('2024-01', '2024-02')", "keep_going=True"],
    ),
    "a mistyped year": (
        table("a,2024-01-05,10", "b,2024-01-30,10", "c,2042-02-28,10"),
        {},
        ["218 months", "window=('2024-01', '2024-01')"],
    ),
    "Latin-1": (table("Jürgen,2024-01-30,10").encode("cp1252"), {}, ["not UTF-8", "encoding='cp1252'"]),
    "an unknown encoding": (PLAIN, {"encoding": "klingon"}, ["encoding='klingon'", "cp1252"]),
    "HTML": ("<html><table></table></html>", {}, ["is HTML or XML"]),
    "a zip archive": (b"PK\x03\x04" + bytes(30), {}, ["not a whole workbook"]),
    "an old workbook, damaged": (b"\xd0\xcf\x11\xe0" + bytes(600), {}, ["not a whole workbook"]),
    "bzip2": (b"BZh91AY", {}, ["packed by bzip2"]),
    "xz": (b"\xfd7zXZ\0", {}, ["packed by xz"]),
    "PDF": (b"%PDF-1.7", {}, ["is a PDF"]),
    "JSON that is no table": ('{"customer": ', {}, ["not a table in JSON lines"]),
    "an array of numbers": ("[1, 2]", {}, ["not a table in JSON", "array of records"]),
    "nested JSON": (
        '{"customer":{"name":"a"},"date":"2024-01-30","amount":1}\n',
        {},
        ["'customer' holds lists or tables"],
    ),
    "a window of numbers": ("customer;month;amount\na;1;1\n", {"window": ("2024-01", None)}, ["calendar months"]),
}
