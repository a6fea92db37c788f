"""What a sale is: the words of a status or stage, and flags such as *cancelled*."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from longgame.experiments.orders.amounts import by_value
from longgame.experiments.orders.columns import brief, plain, unaccented
from longgame.sim.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

#: What a row can be. BACK was a sale and is none any more.
SALE, OPEN, LOST, BACK, UNKNOWN = range(5)
KINDS = {SALE: "sale", OPEN: "open", LOST: "lost", BACK: "cancelled or refunded"}

#: Words of a status in English, German, French and Spanish, without accents; beginnings where marked by a star.
WORDS: dict[int, str] = {
    SALE: "won paid ship* dispatch* deliver* fulfil* complet* invoiced billed sold success* succeeded settled "
    "captured payment_received booked closedwon partially_refunded partial_refund purchased signed "
    "gewonnen bezahlt versandt versendet verschickt geliefert ausgeliefert zugestellt erledigt abgeschlossen "
    "fakturiert verrechnet verkauft unterschrieben auftrag_erhalten "
    "gagne gagnee paye payee expedi* livre livree facture facturee termine terminee vendu vendue signe "
    "ganado ganada pagado pagada enviado enviada entregado entregada facturado facturada completado completada "
    "vendido vendida cerrado_ganado",
    OPEN: "open pending new draft processing process progress hold waiting await* quote* quotation proposal proposed "
    "propose negotiat* prospect* qualif* engag* lead discovery demo contacted appointment* presentation* "
    "decision* contract_sent contractsent unpaid unshipped unfulfilled outstanding overdue due created submitted "
    "unknown invited evaluation needs_analysis value_proposition perception_analysis id_decision_makers authorized "
    "offen neu entwurf bearbeitung wartend wartet ausstehend angebot verhandlung qualifizierung unbezahlt "
    "ouvert ouverte nouveau nouvelle attente brouillon cours devis negociation proposition impaye impayee "
    "abierto abierta nuevo nueva pendiente borrador proceso presupuesto negociacion propuesta impagado",
    LOST: "lost closedlost rejected declined refused abandoned disqualified dead unqualified failed expired denied "
    "omitted verloren abgelehnt abgesagt fehlgeschlagen perdu perdue refuse refusee echoue abandonne "
    "perdido perdida rechazado rechazada fallido abandonado",
    BACK: "cancel* refund* return* void voided revers* charge_back chargeback credited credit_note creditnote "
    "deleted storn* erstattet retour* ruckerstatt* zuruckgegeben zuruckerstattet gutschrift gutgeschrieben "
    "widerrufen annul* rembours* retourne avoir anulad* cancelad* reembols* devuelt* devolucion abono",
}
_LOOKUP = {word: kind for kind, words in WORDS.items() for word in words.split() if not word.endswith("*")}
_STARTS = {word[:-1]: kind for kind, words in WORDS.items() for word in words.split() if word.endswith("*")}
_NOT = {"not", "nicht", "non", "pas", "no", "un", "never", "kein", "keine", "noch", "yet", "sin"}
_YES = {"1", "true", "yes", "y", "ja", "j", "oui", "o", "si", "s", "x", "t", "wahr", "vrai", "verdadero", "1.0"}
_NO = {"0", "false", "no", "n", "nein", "non", "f", "falsch", "faux", "falso", "0.0", "-", "nan", "none", "null", "nat"}
#: Most different values of a column that is a status.
MOST_VALUES = 60


def kind_of(text: str) -> int:
    """Return what a status or stage says a row is.

    Examples
    --------
    >>> [KINDS.get(kind_of(t)) for t in ("6 - Closed Won", "not paid", "Teilweise bezahlt", "Storniert", "Gold")]
    ['sale', 'open', 'sale', 'cancelled or refunded', None]
    """
    words = re.findall(r"[a-z]+", unaccented(text))
    kinds = {
        kind for n in (1, 2, 3) for k in range(len(words)) if (kind := _known("_".join(words[k : k + n]))) is not None
    }
    if kinds == {SALE, BACK} and any(w.startswith("partial") for w in words):
        return SALE
    if _NOT & set(words) and kinds == {SALE}:
        return OPEN
    return max(kinds, default=UNKNOWN)


def _known(word: str) -> int | None:
    """Return the kind that one word, or words joined by _, stand for."""
    if word in _LOOKUP:
        return _LOOKUP[word]
    return next((kind for start, kind in _STARTS.items() if word.startswith(start)), None)


def kinds_of_rows(
    path: str, status: tuple[str, pd.Series] | None, flag: tuple[str, pd.Series] | None, won: Sequence[str]
) -> tuple[np.ndarray | None, str]:
    """Return what each row is, and a sentence that names what was taken for a sale; None without such a column.

    Parameters
    ----------
    path : str
        The file, for messages.
    status, flag : (str, Series), optional
        Name and texts of a status or stage, and of a column that says what is cancelled.
    won : sequence of str
        Values of the status that are sales, where the user says so; all others are none.

    Raises
    ------
    InputError
        If a value of the status may or may not be a sale, or `won` names none that is there.
    """
    if won and status is None:
        raise InputError(
            f"{path}: no column says what a sale is, and won={brief(won[0])}; name it with columns={{'status': ...}}"
        )
    parts, said = [], []
    if status is not None:
        found, sentence = _by_status(path, *status, won)
        parts += [found] if found is not None else []
        said.append(sentence)
    if flag is not None:
        name, column = flag
        flags = by_value(column, lambda unique: ~unique.str.lower().isin(_NO) & (unique != ""))
        parts.append(np.where(flags.fillna(False).to_numpy(dtype=bool), BACK, SALE))
        said.append(f"{name}: no sale where it says so")
    return (np.maximum.reduce(parts) if parts else None), "; ".join(said)


def _by_status(path: str, name: str, column: pd.Series, won: Sequence[str]) -> tuple[np.ndarray | None, str]:
    """Return what each row is by its status, and the sentence on it."""
    import pandas as pd

    counts = column.astype("string").str.strip().replace("", pd.NA).value_counts()
    values = [str(v) for v in counts.index]
    wanted = {w.strip().casefold() for w in won}
    if missing := wanted - {v.casefold() for v in values}:
        raise InputError(
            f"{path}: column {brief(name)} has no value {brief(min(missing))}; won names values of it: "
            f"{', '.join(map(brief, values[:12]))}"
        )
    kinds = {value: kind_of(value) for value in values}
    if plain(name) in ("won", "iswon", "gewonnen") and all(v.casefold() in _YES | _NO for v in values):
        kinds = {value: SALE if value.casefold() in _YES else LOST for value in values}
    if won:
        other = {SALE: OPEN, UNKNOWN: OPEN}
        kinds = {v: SALE if v.casefold() in wanted else other.get(k, k) for v, k in kinds.items()}
    unknown = [value for value, kind in kinds.items() if kind == UNKNOWN]
    if len(unknown) == len(values) and (not values or len(values) > MOST_VALUES):
        return None, f"{name}: not taken for a status"
    if unknown:
        raise InputError(
            f"{path}: column {brief(name)} has {brief(unknown[0])} in {int(counts[unknown[0]]):,} rows, which may or "
            f"may not be a sale; say which values are with won=[...], of {', '.join(brief(v) for v in values[:8])}; or "
            "say that it is no status with columns={'status': ''}"
        )
    found = column.astype("string").str.strip().map(kinds).fillna(UNKNOWN).to_numpy(dtype=np.int8)
    sales = [v for v in values if kinds[v] == SALE]
    others = [v for v in values if kinds[v] != SALE]
    sentence = f"{name}: sales are {_some(sales)}" + (f"; not {_some(others)}" if others else "")
    return found, sentence


def _some(values: Sequence[str]) -> str:
    """Return a few values of a column in words."""
    shown = ", ".join(value[:40] for value in values[:8])
    return (shown or "none") + (f" and {len(values) - 8} more" if len(values) > 8 else "")
