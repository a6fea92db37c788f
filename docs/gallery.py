"""Make the gallery: run each command, keep its figure, write `gallery.md`.

``python docs/gallery.py`` makes all of it anew, ``python docs/gallery.py NAME ...`` only what is named.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

DOCS = Path(__file__).parent
FIGURES = DOCS / "figures" / "gallery"
HEAD = """# Gallery

Each figure states its finding in its title, and the command under it makes it anew. Style and size are those of a
slide; every results folder holds the same figure for paper. The runs are few, a minute or two on two cores each, so
these are first looks, as the intervals show. The [claims](claims.md) have the full runs.

Written by `python docs/gallery.py`.
"""


@dataclass(frozen=True)
class Picture:
    """A figure of the gallery.

    Attributes
    ----------
    name : str
        Of the file.
    title, text : str
        What is asked, and how to read it.
    command : str
        What makes it, without ``longgame`` and without ``--out``.
    figure : str
        The figure in the results folder, without its ending.
    """

    name: str
    title: str
    text: str
    command: str
    figure: str


FOUR = "collaborative principled adversarial milker"
PICTURES = (
    Picture(
        "herd",
        "Does the herd do better than the singleton?",
        "Left, what each kind earns a year over growing horizons. Right, what a herd adds to the same sellers.",
        "run herd --quick",
        "herd-shared",
    ),
    Picture(
        "exchanges",
        "Who gains in an exchange?",
        "All visits by how they ended. The herd of the figure above, seen from its customers.",
        "run herd --quick",
        "exchanges-shared",
    ),
    Picture(
        "once",
        "Does win/lose work only once?",
        "Customers whose first deal only the seller won, and customers whose first deal both won: how many came back?",
        "run once --quick",
        "repeat-shared",
    ),
    Picture(
        "champion",
        "Does it pay to fight for the client?",
        "One dial of a strategy from 0 to 1: a claim that turns a dial draws its levels and the paired difference.",
        "run champion --quick",
        "profit-shared",
    ),
    Picture(
        "sweep",
        "Who is ahead as customers talk more?",
        "One dial of the market. The difference stands beside the levels, with its interval.",
        "sweep word_of_mouth.gossip=0:0.9:7",
        "sweep",
    ),
    Picture(
        "sweep-map",
        "Who is ahead over two dials?",
        "The same question over word of mouth and memory, on a grid. Hatched: not clear.",
        "sweep word_of_mouth.gossip=0:0.9:5 trust.forgetting=0.5:1:5",
        "sweep",
    ),
    Picture(
        "tournament",
        "Which strategy wins a tournament?",
        "Four of the sixteen strategies over five years, every one against every other for half of a market.",
        f"tournament {FOUR} --months 60 --seeds 10",
        "duels",
    ),
    Picture(
        "invade",
        "Who gets into whose market?",
        "A tenth of the salespeople sell in another way. An arrow leads from the residents to the "
        "kind that invades them.",
        f"invade {FOUR} --months 60 --seeds 10",
        "invasion",
    ),
    Picture(
        "evolve",
        "Who takes over?",
        "Where salespeople copy the better paid: how the mixture of strategies moves on the payoffs of the tournament.",
        f"evolve {FOUR} --months 60 --seeds 10 --years 10",
        "replicator",
    ),
    Picture(
        "sensitivity",
        "Which dials decide a verdict?",
        "Each dial of a claim at both ends of its range, all else as it is.",
        "sensitivity annuity --months 60 --no-sobol --trajectories 2 --seeds 3",
        "tornado",
    ),
)


def make(picture: Picture, work: Path) -> None:
    """Run the command of a picture and keep its figure, in few colours so that the file is small."""
    out = work / picture.name
    words = [sys.executable, "-m", "longgame.experiments.cli.main", *shlex.split(picture.command), "--out", str(out)]
    subprocess.run(words, check=True, cwd=work, stdout=subprocess.DEVNULL)
    FIGURES.mkdir(parents=True, exist_ok=True)
    drawn = Image.open(out / "figures" / "slide" / f"{picture.figure}.png").convert("RGB")
    drawn.quantize(128, dither=Image.Dither.NONE).save(FIGURES / f"{picture.name}.png", optimize=True)


def page() -> str:
    """Return the page: every figure with its command."""
    parts = [
        f"## {one.title}\n\n![{one.title}](figures/gallery/{one.name}.png)\n\n{one.text}\n\n"
        f"```sh\nlonggame {one.command}\n```\n"
        for one in PICTURES
    ]
    return "\n".join([HEAD, *parts])


def main(names: list[str]) -> None:
    """Make the pictures that are named, or all, and the page."""
    with tempfile.TemporaryDirectory() as work:
        for picture in PICTURES:
            if not names or picture.name in names:
                make(picture, Path(work))
    (DOCS / "gallery.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
