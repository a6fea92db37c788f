"""The documentation site: every page is listed, every link leads somewhere, nothing comes from the network."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import longgame
from longgame.experiments import claims

ROOT = Path(__file__).parents[2]
BACKGROUND = (ROOT / "docs" / "background.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site; any warning (a page not listed, a link or an anchor that leads nowhere) is an error."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_it_loads_nothing_from_the_network(site):
    loads = re.compile(r"<(?:script|img|link|iframe)\b[^>]*\b(?:src|href)=\"?(https?:[^\"\s>]+)")
    outside = {found for page in site.rglob("*.html") for found in loads.findall(page.read_text(encoding="utf-8"))}
    styles = {
        found for sheet in site.rglob("*.css") for found in re.findall(r"url\(.?(https?:[^)]+)", sheet.read_text())
    }
    assert not outside | styles


def test_no_link_leads_out_of_the_site_or_nowhere(site):
    astray = set()
    for page in site.rglob("*.html"):
        for link in re.findall(r'\b(?:href|src)="?([^"\s>#]+)', page.read_text(encoding="utf-8")):
            if not re.match(r"\w+:", link):
                there = (page.parent / link).resolve()
                if not there.is_relative_to(site.resolve()) or not there.exists():
                    astray.add(f"{page.relative_to(site)}: {link}")
    assert not astray


def test_lists_are_nested_as_on_github(site):
    assert re.search(r"A newcomer has\s*<ul>", (site / "odd.html").read_text(encoding="utf-8"))


def test_every_module_has_its_reference(site):
    pages = [page.read_text(encoding="utf-8") for page in (site / "reference").rglob("*.html")]
    anchors = {found for page in pages for found in re.findall(r'id="([\w.]+)"', page)}
    for path in [*(ROOT / "sim").rglob("[!_]*.py"), *(ROOT / "experiments").rglob("[!_]*.py")]:
        name = ".".join(("longgame", *path.relative_to(ROOT).with_suffix("").parts))
        assert name in anchors, name


def test_the_reference_names_everything_that_is_imported():
    index = (ROOT / "docs" / "reference" / "index.md").read_text(encoding="utf-8")
    assert {name for name in longgame.__all__ if f"`longgame.{name}`" not in index} == set()


def test_every_claim_has_its_idea_and_rules_that_exist():
    rows = dict(re.findall(r"^\| `([\w-]+)` \|.*\| ([\d., ]+) \|$", BACKGROUND, re.M))
    assert sorted(rows) == sorted(claims.names())
    sections = set(re.findall(r"^### (\d+\.\d+) ", (ROOT / "docs" / "odd.md").read_text(encoding="utf-8"), re.M))
    assert {section for cited in rows.values() for section in cited.split(", ")} <= sections


def test_the_gallery_is_what_its_script_says_and_every_figure_is_there():
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import gallery
    finally:
        sys.path.remove(str(ROOT / "docs"))
    assert (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8") == gallery.page()
    assert {path.stem for path in gallery.FIGURES.glob("*.png")} == {one.name for one in gallery.PICTURES}


def test_nothing_cites_a_document_that_is_not_there():
    texts = [path for top in ("sim", "experiments", "docs", "longgame") for path in (ROOT / top).rglob("*.[pm][yd]")]
    assert len(texts) > 100
    absent = re.compile(r"\b(?:MODEL|DESIGN|EVIDENCE|ENGINE)\.md")
    assert [path for path in texts if absent.search(path.read_text(encoding="utf-8"))] == []
