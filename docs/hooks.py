"""What mkdocs does besides: a page of reference for every package, and the pages at the top of the repository."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
#: Pages at the top of the repository, by their name in the site.
AT_THE_TOP = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}


def packages() -> dict[str, Path]:
    """Return the folders of code that have a page of reference, by the name of the package."""
    found = {"longgame": ROOT / "longgame"}
    for top in ("sim", "experiments"):
        for path in sorted((ROOT / top).rglob("__init__.py")):
            found[".".join(("longgame", *path.parent.relative_to(ROOT).parts))] = path.parent
    return found


def reference(package: str, folder: Path) -> str:
    """Return the page of a package: what its docstrings say, module by module."""
    title = package.replace(".", ".<wbr>")
    hidden = "{show_root_heading: false, show_root_toc_entry: false, members: false}"
    own = f"# {title}\n\n::: {package}\n    options: {hidden}\n"
    modules = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    return own + "".join(f"\n::: {package}.{module}\n" for module in modules)


def page_of(package: str) -> str:
    """Return where in the site the page of a package lies."""
    return f"reference/{package}.md"


def from_the_top(name: str) -> str:
    """Return a page of the top of the repository, with its links as seen from the site."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"\]\(docs/", "](", text)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the pages of reference in the contents."""
    (section,) = [entry["Reference"] for entry in config.nav or [] if "Reference" in entry]
    section += [{package.rpartition("experiments.")[2]: page_of(package)} for package in packages()]
    return config


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links to the README to the first page of the site."""
    return markdown.replace("](../../README.md", "](../index.md")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here."""
    made = {page_of(package): reference(package, folder) for package, folder in packages().items()}
    made |= {page: from_the_top(name) for page, name in AT_THE_TOP.items()}
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))
    return files
