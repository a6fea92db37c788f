"""Make the rendered copies of the notebooks: run each with a bet placed, write `course/NAME.md` and its figures.

``python docs/course.py`` makes all of them anew, ``python docs/course.py NAME ...`` only what is named.
"""

from __future__ import annotations

import base64
import io
import re
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

DOCS = Path(__file__).parent
NOTEBOOKS = DOCS.parent / "notebooks"
PAGES, FIGURES = DOCS / "course", DOCS / "figures" / "course"

#: A bet for each question, so that the notebooks go on: no better than any other.
BETS = {
    "01-what-is-a-sale": {"my_bet": "adversarial"},
    "02-trust-memory": {"my_bet": 6},
    "03-annuity": {"my_bet_after_1_year": "adversarial", "my_bet_after_10_years": "collaborative", "my_bet_month": 36},
    "04-herd": {
        "my_bet_after_1_year": "adversarial singletons",
        "my_bet_after_10_years": "collaborative herds",
        "my_bet_who_gains_more": "collaborative",
    },
    "05-win-lose": {"my_bet_come_back": 20, "my_bet_expected_price": 44, "my_bet_no_deal": "walks away"},
    "06-pushy": {"my_bet": "memory"},
    "07-your-strategy": {"my_bet": 2},
    "08-your-order-book": {"my_bet": "customers.churn"},
}

#: Colours of a figure in the pages.
COLOURS = 64

#: Longest wait for one cell. Unit: seconds.
PATIENCE = 300

BET = """!!! question "Your bet"

    In the notebook nothing goes on before your bet stands in place of `None`. Place it here in your head."""


def notebook(name: str) -> NotebookNode:
    """Return a notebook as it is in the repository."""
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def with_bets(name: str) -> NotebookNode:
    """Return a notebook with its bets placed.

    Raises
    ------
    ValueError
        If it asks for other bets than stand here.
    """
    made, left = notebook(name), dict(BETS[name])

    def placed(found: re.Match[str]) -> str:
        return f"{found[1]} = {left.pop(found[1])!r}"

    for cell in made.cells:
        if cell.cell_type == "code":
            cell.source = re.sub(r"^(my_bet\w*) = None", placed, cell.source, flags=re.MULTILINE)
    if left:
        raise ValueError(f"{name}: asks for no {', '.join(left)}")
    return made


def run(made: NotebookNode) -> NotebookNode:
    """Run a notebook in its folder, and return it with its outputs."""
    here = {"metadata": {"path": str(NOTEBOOKS)}}
    NotebookClient(made, timeout=PATIENCE, coalesce_streams=True, resources=here).execute()
    return made


# -- pages --------------------------------------------------------------------------------------------


def page(name: str, done: NotebookNode) -> str:
    """Return the page of a notebook: its words and code as they are kept, and folded what came out of each cell."""
    parts, figures = [*starts(name)], 0
    for kept, cell in zip(notebook(name).cells, done.cells, strict=False):
        if kept.cell_type == "markdown":
            parts.append(linked(kept.source))
            continue
        shown = list(outputs(cell))
        said = [f"```text\n{text}\n```" for text, png in shown if not png]
        drawn = [text for text, png in shown if png]
        said += [f"![{text}](../figures/course/{name}-{figures + k}.png)" for k, text in enumerate(drawn, 1)]
        figures += len(drawn)
        code = f"```python\n{kept.source.strip()}\n```"
        if "solution" in kept.metadata.get("tags", ()):
            parts.append(folded("success", kept.source.splitlines()[0].removeprefix("# "), [code, *said]))
            continue
        parts += [code, *([BET] if "course.bet" in kept.source else [])]
        parts += [folded("example", "What comes out", said)] if said else []
    return "\n\n".join(parts) + "\n"


def outputs(cell: NotebookNode) -> Iterator[tuple[str, bytes]]:
    """Yield the outputs of a cell in order: text with no picture, or the text of a picture with its PNG."""
    for out in cell.get("outputs", ()):
        data = out.get("data", {})
        if out.output_type == "stream" and out.name == "stdout":
            yield out.text.rstrip(), b""
        elif "image/png" in data:
            yield data["text/plain"], base64.b64decode(data["image/png"])
        elif "text/plain" in data and "application/vnd.jupyter.widget-view+json" not in data:
            yield data["text/plain"], b""


def folded(kind: str, title: str, parts: list[str]) -> str:
    """Return something to unfold."""
    return f'??? {kind} "{title}"\n\n' + textwrap.indent("\n\n".join(parts), "    ")


def linked(text: str) -> str:
    """Return Markdown with its links as seen from the pages of the course."""
    return re.sub(r"\]\(([\w-]+)\.ipynb\)", r"](\1.md)", text).replace("](../docs/", "](../")


def starts(name: str) -> list[str]:
    """Return links that start a notebook elsewhere, as soon as pyproject.toml names a repository on GitHub."""
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    place = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)/?", project.get("urls", {}).get("Repository", ""))
    if not place:
        return []
    binder = f"https://mybinder.org/v2/gh/{place[1]}/HEAD?labpath=notebooks/{name}.ipynb"
    colab = f"https://colab.research.google.com/github/{place[1]}/blob/HEAD/notebooks/{name}.ipynb"
    return [f"[Start it in Binder]({binder}) · [Start it in Colab]({colab})"]


def write(name: str) -> None:
    """Run a notebook, and write its page and its figures."""
    done = run(with_bets(name))
    for path in FIGURES.glob(f"{name}-*.png"):
        path.unlink()
    drawn = [png for cell in done.cells for _, png in outputs(cell) if png]
    for k, png in enumerate(drawn, 1):
        few = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS)  # a third of the bytes, and looks the same
        few.save(FIGURES / f"{name}-{k}.png", optimize=True)
    (PAGES / f"{name}.md").write_text(page(name, done), encoding="utf-8")


def main(names: list[str]) -> int:
    """Write the pages that are named, or all."""
    for folder in (PAGES, FIGURES):
        folder.mkdir(parents=True, exist_ok=True)
    for name in names or BETS:
        write(name)
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
