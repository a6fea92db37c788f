"""What mkdocs does besides: a page of reference for every module, and pages from elsewhere in the repository."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
#: Pages elsewhere in the repository, by their name in the site.
ELSEWHERE = {
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "course/index.md": "notebooks/README.md",
}


def packages() -> dict[str, Path]:
    """Return the folders of code that have a page of reference, by the name of the package."""
    found = {"longgame": ROOT / "longgame"}
    for top in ("sim", "experiments"):
        for path in sorted((ROOT / top).rglob("__init__.py")):
            found[".".join(("longgame", *path.parent.relative_to(ROOT).parts))] = path.parent
    return found


def documented(path: Path) -> tuple[str, bool]:
    """Return the first sentence of a module's docstring, and whether it has a public function or class."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    members = (node for node in module.body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    first = re.split(r"(?<=\.)\s", ast.get_docstring(module) or "", maxsplit=1)[0]
    return re.sub(r"\s+", " ", first).replace("``", "`"), any(not node.name.startswith("_") for node in members)


def modules(folder: Path) -> list[Path]:
    """Return the public modules of a package."""
    return sorted(path for path in folder.glob("*.py") if not path.stem.startswith("_"))


def own_pages(package: str, folder: Path) -> dict[str, str]:
    """Return the modules of a package that have a page of their own, with its place in the site."""
    return {path.stem: f"reference/{package}/{path.stem}.md" for path in modules(folder) if documented(path)[1]}


def title_of(name: str) -> str:
    """Return a dotted name as a heading that may break at its dots."""
    return name.replace(".", ".<wbr>")


def reference(package: str, folder: Path) -> str:
    """Return the page of a package: its docstring, then a line for every module."""
    hidden = "{show_root_heading: false, show_root_toc_entry: false, members: false}"
    text = f"# {title_of(package)}\n\n::: {package}\n    options: {hidden}\n"
    own = own_pages(package, folder)
    rows = [
        f"| [`{path.stem}`]({path.stem}.md) | {documented(path)[0]} |" for path in modules(folder) if path.stem in own
    ]
    if rows:
        text += "\n" + "\n".join(["| module | what it holds |", "|---|---|", *rows]) + "\n"
    without = (path.stem for path in modules(folder) if path.stem not in own)
    return text + "".join(f"\n::: {package}.{name}\n" for name in without)


def module_page(package: str, module: str) -> str:
    """Return the page of a module: what its docstrings say."""
    # What a command takes is annotated for the command line; here its names and defaults are enough.
    plain = ", show_signature_annotations: false" if package.endswith(".cli") else ""
    options = f"{{heading_level: 1, show_root_full_path: true{plain}}}"
    return f"::: {package}.{module}\n    options: {options}\n"


def page_of(package: str) -> str:
    """Return where in the site the page of a package lies."""
    return f"reference/{package}/index.md"


def from_elsewhere(name: str) -> str:
    """Return a page that is not in this folder, with its links as seen from the site."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.sub(r"\]\(([\w-]+)\.ipynb\)", r"](\1.md)", re.sub(r"\]\(docs/", "](", text))


def short(name: str) -> str:
    """Return a dotted name without what all packages of experiments have in common."""
    return name.rpartition("experiments.")[2]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List the pages of reference in the contents; leave out the page for an address that does not exist.

    That page needs a server, and a server has its own.
    """
    (section,) = [entry["Reference"] for entry in config.nav or [] if "Reference" in entry]
    for package, folder in packages().items():
        below = [{name: page} for name, page in own_pages(package, folder).items()]
        section.append({short(package): [page_of(package), *below] if below else page_of(package)})
    config.theme.static_templates.discard("404.html")
    return config


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Nest lists as GitHub does, by two spaces or more; lead links to source to the page of the module."""
    source = r"\]\(\.\./\.\./experiments/(\w+)/(\w+)\.py\)"
    markdown = re.sub(source, r"][longgame.experiments.\1.\2]", markdown)
    return re.sub(r"^ {2,3}(?=(?:[-*]|\d+\.) )", "    ", markdown, flags=re.MULTILINE)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let long names break in tables, figures open in full size, and parameters without a word end without a dash."""
    long = re.compile(r"<code>([\w:]{24,})</code>")
    html = re.sub(r"<td.*?</td>", lambda cell: long.sub(breakable, cell[0]), html, flags=re.DOTALL)
    html = re.sub(r'(<img [^>]*src="([^"]+)"[^>]*>)', r'<a href="\2" title="full size">\1</a>', html)
    html = re.sub(r'(<span class="doc doc-object-name doc-module-name">)([^<]*)', module_name, html)
    html = re.sub(r"\(<code>\(([^<]*, optional)\)</code>\)", r"(<code>\1</code>)", html)
    sentence = r'(<div class="language-text)( highlight"><pre>(?:<span></span>)?<code>[^\n]*\n</code>)'
    html = re.sub(sentence, r"\1 wraps\2", html)
    return re.sub(r"\s–\s*<div class=\"doc-md-description\">\s*</div>", "", html)


def module_name(name: re.Match[str]) -> str:
    """Return the heading of a module, which may break at its dots."""
    return name[1] + title_of(name[2])


def breakable(name: re.Match[str]) -> str:
    """Return a long name set as code that may break after a mark between its words."""
    return "<code>" + re.sub(r"(::|_)(?=\w)", r"\1<wbr>", name[1]) + "</code>"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here."""
    made = {page: from_elsewhere(name) for page, name in ELSEWHERE.items()}
    for package, folder in packages().items():
        made[page_of(package)] = reference(package, folder)
        made |= {page: module_page(package, name) for name, page in own_pages(package, folder).items()}
    for page, text in made.items():
        files.append(File.generated(config, page, content=text))
    return files
