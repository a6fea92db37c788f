"""The ledger as one page of HTML that needs nothing else: no address outside, no script, figures inside.

It is meant to be read on a phone, on a screen in light or dark, and on paper.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from matplotlib.figure import Figure

from longgame.experiments.figures.style import style
from longgame.experiments.inference.effects import Effect
from longgame.experiments.inference.flips import Flip
from longgame.experiments.inference.verdicts import Verdict
from longgame.experiments.studies.all_claims import Entry
from longgame.experiments.studies.all_claims_report import bounds, corrected, explained, size, tally
from longgame.experiments.words import number

#: Dots per inch of a figure 3.4 in wide: sharp on a phone, and all claims stay a few megabytes.
DPI = 180

STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #fdfdfb; --soft: #5c5c5c; --line: #d9d9d4;
  --card: #f4f4ef; --for: #00634a; --against: #9a3d00; --open: #5c5c5c; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --paper: #161618; --soft: #adadad;
  --line: #3a3a3d; --card: #212124; --for: #4fc79f; --against: #f0a06a; --open: #adadad; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { line-height: 1.2; margin: .5rem 0; } h2 { line-height: 1.25; margin: 0 0 .25rem; font-size: 1.35rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; } p { margin: .4rem 0; } a { color: inherit; }
.soft, caption, footer { color: var(--soft); font-size: .875rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .875rem; }
caption { text-align: left; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0;
  border-bottom: 1px solid var(--line); }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.holds { color: var(--for); } .does-not-hold { color: var(--against); }
.depends, .undecided, .no-answer { color: var(--open); } .verdict { font-weight: 700; }
section { border-top: 2px solid var(--line); margin-top: 2rem; padding-top: 1.25rem; }
blockquote { margin: .75rem 0; padding: .6rem .9rem; background: var(--card); border-left: .3rem solid; }
blockquote p { color: var(--ink); }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }
figure { margin: 0; background: #fff; padding: .5rem; border: 1px solid var(--line); flex: 0 1 29rem; }
img { display: block; width: 100%; height: auto; }
@media (max-width: 40rem) {
  th, td { padding-right: .45rem; } .n { white-space: normal; }
  .wide thead { position: absolute; left: -999rem; } .wide tr { display: block; padding: .5rem 0;
    border-bottom: 1px solid var(--line); }
  .wide td { display: flex; gap: .75rem; border: 0; padding: .1rem 0; text-align: left; white-space: normal; }
  .wide td::before { content: attr(data-is); flex: 0 0 6.5rem; color: var(--soft); }
}
@media print {
  :root { --ink: #000; --paper: #fff; --soft: #444; --line: #bbb; --card: #f2f2f2; --for: #00563f;
    --against: #7f3200; --open: #444; color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 9.5pt; } .scroll { overflow: visible; }
  figure, blockquote, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } figure { flex-basis: 48%; }
}
"""


@dataclass(frozen=True)
class Picture:
    """A figure as it stands in the page: a PNG as a data URI, its size in pixels, and its words."""

    uri: str
    width: int
    height: int
    alt: str


def picture(draw: Callable[[Figure], None], name: str) -> Picture:
    """Draw a figure into a picture; what its title states is the alternative text."""
    with style("paper"):
        figure = Figure(layout="constrained")
        draw(figure)
        stream = io.BytesIO()
        figure.savefig(stream, format="png", dpi=DPI, bbox_inches=None, metadata={"Software": None})
    title = " ".join(figure.get_suptitle().split())
    note = " ".join(figure.get_supxlabel().split())
    png = stream.getvalue()
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    alt = ". ".join(filter(None, (title.rstrip("."), note))) or name
    return Picture(f"data:image/png;base64,{base64.b64encode(png).decode()}", width, height, alt)


def page(entries: Sequence[Entry], pictures: Mapping[str, Sequence[Picture]], about: Mapping[str, Any]) -> str:
    """Return the whole page.

    Parameters
    ----------
    entries : sequence of Entry
    pictures : mapping of str to sequence of Picture
        By the id of the claim.
    about : mapping
        ``command``, ``seeds``, ``scenario``, ``model`` and ``commit``.
    """
    body = "\n".join(
        [
            "<h1>The ledger of claims</h1>",
            f"<p>{escape(tally(entries))}. Scenario <i>{escape(str(about['scenario']))}</i>, "
            f"{about['seeds']} seeds.</p>",
            _overview(entries),
            *(f'<p class="soft">{escape(text)}</p>' for text in explained(entries)),
            *(_claim(entry, pictures.get(entry.claim, ())) for entry in entries),
            f"<footer><p><code>{escape(str(about['command']))}</code>, model {about['model']}, commit "
            f"{escape(str(about['commit']))}.</p></footer>",
        ]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>longgame: the ledger of claims</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _overview(entries: Sequence[Entry]) -> str:
    """Return a row per claim."""
    head = ("claim", "verdict", "effect", "interval", "mean", "among all", "flips")
    rows = []
    for e in entries:
        cells = (
            f'<a href="#{escape(e.claim)}">{escape(e.headline)}</a>',
            _word(e.outcome),
            escape(size(e.effect)),
            escape(bounds(e.effect)),
            escape(number(e.mean.value)),
            escape(corrected(e)),
            escape(e.flips_when()),
        )
        rows.append(list(zip(head, cells, strict=True)))
    return _table(head, rows, kind="wide")


def _table(
    head: Sequence[str],
    rows: Sequence[Sequence[tuple[str, str]]],
    *,
    kind: str = "",
    caption: str = "",
    numbers: Sequence[str] = (),
) -> str:
    """Return a table; each cell carries the name of its column, for screens too narrow for a heading."""
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    top = "".join(f'<th scope="col"{_number(name, numbers)}>{escape(name)}</th>' for name in head)
    body = "\n".join(
        "<tr>"
        + "".join(f'<td data-is="{escape(name)}"{_number(name, numbers)}>{cell}</td>' for name, cell in cells)
        + "</tr>"
        for cells in rows
    )
    return (
        f'<div class="scroll"><table class="{kind}">{said}<thead><tr>{top}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _number(name: str, numbers: Sequence[str]) -> str:
    """Return the class of a column of numbers."""
    return ' class="n"' if name in numbers else ""


def _word(outcome: str) -> str:
    """Return a verdict in its colour."""
    return f'<span class="verdict {outcome.replace(" ", "-")}">{escape(outcome)}</span>'


def _claim(entry: Entry, pictures: Sequence[Picture]) -> str:
    """Return the section of one claim."""
    parts = [
        f'<section id="{escape(entry.claim)}">',
        f"<h2>{escape(entry.headline)}</h2>",
        f'<p class="soft">{escape(entry.question)} <code>{escape(entry.claim)}</code></p>',
    ]
    if not entry.verdicts:
        parts.append(f'<blockquote class="no-answer"><p>No answer: {escape(entry.error)}</p></blockquote>')
    for place, verdict in enumerate(entry.verdicts):
        parts.append(_verdict(verdict, len(entry.verdicts) > 1))
        if not place and entry.corrected != entry.outcome:
            parts.append(f"<p>Among all claims looked at: {escape(entry.corrected)}.</p>")
    if entry.failures:
        parts.append(f"<p>{len(entry.failures)} of {entry.runs} runs failed and are left out.</p>")
    if entry.flips or entry.skipped:
        parts.append(_flips(entry))
    if pictures:
        drawn = "\n".join(
            f'<figure><img src="{p.uri}" width="{p.width}" height="{p.height}" alt="{escape(p.alt)}"></figure>'
            for p in pictures
        )
        parts.append(f'<h3>Figures</h3>\n<div class="figures">\n{drawn}\n</div>')
    return "\n".join([*parts, "</section>"])


def _verdict(verdict: Verdict, named: bool) -> str:
    """Return the sentence of a verdict and the table of its effects."""
    effects = (*verdict.effects, *verdict.others)
    places = list(dict.fromkeys(name for e in effects for name in e.at))
    head = (*places, "effect", "interval", "n", "decides")
    rows = [
        list(zip(head, (*(escape(e.at.get(name, "")) for name in places), *_numbers(e), decides), strict=True))
        for decides, some in (("yes", verdict.effects), ("", verdict.others))
        for e in some
    ]
    unit = effects[0].unit if effects else ""
    level = effects[0].level if effects else 0.95
    table = _table(
        head,
        rows,
        numbers=("effect", "interval", "n"),
        caption=f"Effects in {unit}, {100 * level:.3g}% intervals; positive supports the claim",
    )
    question = f"<h3>{escape(verdict.question)}</h3>\n" if named else ""
    kind = verdict.outcome.replace(" ", "-")
    quote = f'<blockquote class="{kind}"><p>{escape(verdict.sentence)}</p></blockquote>'
    return f"{question}{quote}\n{table if rows else ''}"


def _numbers(effect: Effect) -> tuple[str, str, str]:
    """Return an effect as cells."""
    return number(effect.value), bounds(effect), str(effect.n)


def _flips(entry: Entry) -> str:
    """Return which dials were turned, what was tried, and what came out."""
    head = ("dial", "from", "to", "answer", "tried")
    rows = [
        list(
            zip(
                head,
                (escape(str(f.dial)), number(f.dial.low), number(f.dial.high), escape(_answer(f)), escape(_tried(f))),
                strict=True,
            )
        )
        for f in entry.flips
    ]
    rows += [
        list(zip(head, (escape(dial), "", "", f"not searched: {escape(why)}", ""), strict=True))
        for dial, why in entry.skipped
    ]
    unit = entry.mean.unit
    caption = f"Mean effect of the first verdict ({unit}) as one dial is turned, all else as it is"
    return "<h3>When does it flip?</h3>\n" + _table(head, rows, kind="wide", caption=caption)


def _answer(flip: Flip) -> str:
    """Say what came out without naming the dial again."""
    if flip.kind == "flips":
        return str(flip)
    return str(flip).partition(": ")[2]


def _tried(flip: Flip) -> str:
    """Say what was tried."""
    return "; ".join(
        f"{number(at)} → {number(effect.value)}{'' if effect.sign else ' (not clear)'}" for at, effect in flip.tried
    )
