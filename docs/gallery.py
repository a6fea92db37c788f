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


PICTURES: tuple[Picture, ...] = ()


def make(picture: Picture, work: Path) -> None:
    """Run the command of a picture and keep its figure, in few colours so that the file is small."""
    out = work / picture.name
    words = [sys.executable, "-m", "longgame.experiments.cli.main", *shlex.split(picture.command), "--out", str(out)]
    subprocess.run(words, check=True, cwd=work, stdout=subprocess.DEVNULL)
    FIGURES.mkdir(parents=True, exist_ok=True)
    drawn = Image.open(out / "figures" / f"{picture.figure}.png").convert("RGB")
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
