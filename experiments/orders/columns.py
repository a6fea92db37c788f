"""The columns of an order file: which one means what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from longgame.sim.errors import InputError, closest

#: Column names that are recognised, by meaning: in English, German, French and Spanish. The first that occurs is taken.
#: They are compared by letters and digits: without case, accents, spaces, signs and units of money.
SYNONYMS: dict[str, tuple[str, ...]] = {
    meaning: tuple(names.split())
    for meaning, names in {
        "customer": "customer customer_id customer_name customer_no customer_number household_id household_key "
        "household client client_id client_name buyer buyer_id buyer_name user_id account_id account account_name "
        "member_id card_id shopper_id cust_id cust bill_to sold_to organization organisation associated_company "
        "kunde kunden_id kundennummer kunden_nr kundenname debitor auftraggeber code_client nom_client numero_client "
        "acheteur cliente id_cliente nombre_cliente comprador email id",
        "salesperson": "salesperson salesperson_id sales_rep sales_rep_id rep rep_id rep_name seller seller_id "
        "seller_name agent agent_id employee_id sales_agent advisor_id salesman sales_executive owner deal_owner "
        "opportunity_owner account_owner account_manager account_executive assigned_to verkaufer vertreter berater "
        "kundenbetreuer aussendienst vendeur commercial representant vendedor vendedora comercial agente",
        "firm": "firm firm_id store_id store shop_id shop vendor_id vendor merchant_id merchant supplier_id supplier "
        "outlet_id branch filiale magasin tienda sucursal",
        "date": "date order_date transaction_timestamp transaction_date invoice_date timestamp datetime purchase_date "
        "order_timestamp order_purchase_timestamp close_date closed_date closing_date won_date won_time date_closed "
        "sale_date sales_date paid_at posting_date document_date ship_date delivery_date created_at created_date "
        "datum bestelldatum auftragsdatum rechnungsdatum kaufdatum belegdatum abschlussdatum date_commande "
        "date_de_commande date_facture date_achat date_vente fecha fecha_pedido fecha_factura fecha_venta "
        "fecha_compra created day tag jour dia time",
        "month": "month month_number period order_month year_month monat mois mes",
        "year": "year order_year jahr annee ano",
        "amount": "amount sales_value sales_amount order_amount dollar_value value total total_price order_total "
        "revenue sales price_paid payment_value spend spent net_amount monetary gross_amount grand_total total_amount "
        "amount_paid close_value deal_value deal_amount opportunity_amount invoice_amount invoice_total line_total "
        "extended_price net_value net gross turnover betrag umsatz summe gesamt gesamtbetrag rechnungsbetrag "
        "nettobetrag bruttobetrag netto brutto erlos wert auftragswert montant montant_ht montant_ttc "
        "chiffre_d_affaires total_ht total_ttc prix_total importe importe_neto importe_total monto valor ventas",
        "order": "order order_id basket_id basket invoice_id invoice invoice_no invoice_number transaction_id "
        "receipt_id order_number order_no contract contract_id contract_no contract_number subscription_id document_no "
        "opportunity_id deal_id bestellnummer auftragsnummer auftrag rechnungsnummer rechnung belegnummer beleg "
        "vertragsnummer vertrag commande numero_commande facture numero_facture pedido numero_pedido factura "
        "numero_factura contrato",
        "quantity": "quantity qty number_of_cds units menge anzahl stuckzahl quantite qte cantidad unidades",
        "unit_price": "unit_price price price_each item_price price_per_unit einzelpreis stuckpreis preis "
        "prix_unitaire prix precio precio_unitario",
        "status": "status order_status deal_stage stage stage_name sales_stage opportunity_stage deal_status "
        "opportunity_status payment_status financial_status invoice_status outcome is_won won auftragsstatus "
        "bestellstatus zahlungsstatus phase verkaufsphase gewonnen statut statut_commande etape estado etapa fase "
        "estado_pedido resultado",
        "cancelled": "cancelled canceled is_cancelled is_canceled cancelled_at canceled_at refunded is_refunded "
        "returned is_return voided deleted is_deleted storniert storno annule anulado cancelado",
        "refund": "refund refunds refund_amount refunded_amount amount_refunded total_refunded erstattung "
        "erstattungsbetrag remboursement montant_rembourse reembolso importe_reembolsado",
        "product": "product product_id product_name item sku article stock_code produkt artikel artikelnummer produit "
        "producto articulo",
        "currency": "currency currency_code iso_currency wahrung waehrung devise monnaie moneda divisa",
        "source": "source lead_source original_source channel acquisition_channel first_contact referral_source "
        "herkunft quelle leadquelle origine provenance origen fuente canal",
    }.items()
}

#: Names of a company that sells, or that buys where nothing else names the customer.
COMPANIES = ("company", "company_id", "company_name", "firma", "societe", "entreprise", "empresa")

#: Names so general that, beside a better one, they are no rival to it.
_GENERAL = ("id", "account", "email", "time", "day", "tag", "jour", "dia")

#: Units of money in the name of a column.
_UNITS = re.compile(r"[$€£¥]|(?<![^\W_])(?:in_)?(?:eur|euro|euros|usd|gbp|chf|jpy)(?![^\W_])")


def brief(text: object) -> str:
    """Return something of the user's in quotes for a message, at most 60 characters of it.

    Examples
    --------
    >>> brief("amount"), len(brief("x" * 65_000))
    ("'amount'", 62)
    """
    quoted = repr(str(text))
    return quoted if len(quoted) <= 62 else f"{quoted[:58]}...{quoted[0]}"


def some_names(names: Sequence[str]) -> str:
    """Return column names for a message: the first few, in at most some 200 characters.

    Examples
    --------
    >>> some_names(["customer", "x" * 40]), some_names(["c"] * 30)[-16:]
    ('customer, xxxxxxxxxxxxxxxxxxxxxxxxxxx...', 'c, c and 10 more')
    """
    shown = [name if len(name) <= 30 else name[:27] + "..." for name in (repr(n)[1:-1] for n in names[:20])]
    while len(", ".join(shown)) > 200:
        shown.pop()
    rest = len(names) - len(shown)
    return ", ".join(shown) + (f" and {rest:,} more" if rest else "")


def unaccented(text: str) -> str:
    """Return a text in lower case without accents.

    Examples
    --------
    >>> unaccented("Étape STÜCK Straße")
    'etape stuck strasse'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def plain(name: object) -> str:
    """Return a column name for comparison.

    Examples
    --------
    >>> plain("Order ID"), plain("Amount (EUR)"), plain("Umsatz in €")
    ('orderid', 'amount', 'umsatz')
    """
    text = re.sub(r"\s+", "_", unaccented(str(name)[:200]))
    bare = re.sub(r"[\W_]+", "", re.sub(r"(?<=[a-z])_in_*$", "", _UNITS.sub("", text)))
    return bare or re.sub(r"[\W_]+", "", text)


def find_columns(path: str, names: list[str], given: Mapping[str, str] | None) -> tuple[dict[str, str], list[str]]:
    """Return meaning → column of the file, and notes on names that could be taken either way.

    A second column that may be the amount stands under ``rival``: whether the two agree, their values tell.

    Parameters
    ----------
    path : str
        The file, for messages.
    names : list of str
        Its columns.
    given : mapping of str to str, optional
        Meaning → column, where the user says so; an empty name says that there is none.

    Raises
    ------
    InputError
        One line per column that is missing, named but not there, or there twice.
    """
    chosen = _given_columns(path, names, given or {})
    notes: list[str] = []
    places: dict[str, list[str]] = {}
    for name in names:
        places.setdefault(plain(name), []).append(name)
    for meaning in SYNONYMS:
        if meaning not in (given or {}):
            _find_one(path, meaning, places, chosen, notes)
    if "date" in chosen:
        for meaning in {"month", "year"} - set(given or {}):
            if not ({plain(chosen["date"])} <= {"day", "tag", "jour", "dia"} and "month" in chosen):
                chosen.pop(meaning, None)
    if "amount" in chosen:
        chosen.pop("unit_price", None)
    elif "unit_price" in chosen and "quantity" not in chosen and plain(chosen["unit_price"]) in ("price", "preis"):
        chosen["amount"] = chosen.pop("unit_price")
        notes.append(f"took column {brief(chosen['amount'])} for `amount`; there is no quantity")
    _require(path, names, chosen)
    return chosen, notes


def recognised(names: Sequence[str]) -> int:
    """Return how many meanings the names of columns have; a header has two or more."""
    known = {plain(s): meaning for meaning, synonyms in SYNONYMS.items() for s in synonyms}
    return len({known[plain(name)] for name in names if plain(name) in known})


def _find_one(
    path: str, meaning: str, places: Mapping[str, list[str]], chosen: dict[str, str], notes: list[str]
) -> None:
    """Choose the column of one meaning, if there is one, and note what else it could be."""
    synonyms = SYNONYMS[meaning]
    if meaning in ("customer", "firm"):
        synonyms = (*(s for s in synonyms if s not in ("email", "id")), *COMPANIES, "email", "id")
        synonyms = tuple(s for s in synonyms if meaning == "customer" or s not in ("email", "id"))
    found = [name for s in synonyms for name in places.get(plain(s), ()) if name not in chosen.values()]
    if not found:
        return
    best = chosen[meaning] = found[0]
    if meaning == "amount":
        if len(found) > 1:
            _refuse_twins(path, best, found.count(best))
            chosen["rival"] = found[1]
        return
    _refuse_twins(path, best, len(places[plain(best)]))
    # `month` beside `date`, or `id` beside `customer_id`, are no riddle; two names of equal rank are.
    rivals = [name for name in found[1:] if plain(name) not in _GENERAL]
    if rivals and meaning in ("customer", "date", "salesperson", "status") and plain(best) != meaning:
        notes.append(f"took column {brief(best)} for `{meaning}`, although there is {brief(rivals[0])} too")


def _refuse_twins(path: str, name: str, count: int) -> None:
    """Refuse a column that is there more than once."""
    if count > 1:
        raise InputError(f"{path}: column {brief(name)} is there twice; rename one of the two")


def _given_columns(path: str, names: list[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that the user names, if they are there."""
    for meaning, name in given.items():
        if meaning not in SYNONYMS:
            raise InputError(
                f"{path}: columns names {brief(meaning)}, which an order log does not "
                f"have{closest(meaning, SYNONYMS)}; choose from {', '.join(SYNONYMS)}"
            )
        if name and name not in names:
            near = closest(name, [n for n in names if len(n) <= 60])
            raise InputError(
                f"{path}: column {brief(name)} for `{meaning}` is not there{near}; the columns are {some_names(names)}"
            )
        _refuse_twins(path, name, names.count(name))
    return {meaning: name for meaning, name in given.items() if name}


def _require(path: str, names: list[str], chosen: Mapping[str, str]) -> None:
    """Refuse a file without customer or time, and one with years but no months, or with prices but no quantities."""
    lacking = [] if "customer" in chosen else ["customer"]
    if "date" not in chosen and "month" not in chosen:
        lacking.append("date")
    lines = [
        f"{path}: no column for `{meaning}`; the columns are {some_names(names)}; say which with "
        f"columns={{{meaning!r}: ...}}"
        for meaning in lacking
    ]
    if "amount" not in chosen and "unit_price" in chosen and "quantity" not in chosen:
        lines.append(
            f"{path}: column {brief(chosen['unit_price'])} is the price of one piece and no column says how many; "
            "say which with columns={'quantity': ...}, or what an order costs with columns={'amount': ...}"
        )
    if lines:
        raise InputError(*lines)
