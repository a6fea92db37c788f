"""What the how-to pages show works as shown."""

import re
import shlex
from pathlib import Path

import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.runs.runner import SerialExecutor
from longgame.experiments.store.store import ResultStore
from longgame.sim import Scenario

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "howto").glob("*.md"))
CLUSTER = (ROOT / "docs" / "howto" / "cluster.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_one(page):
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0] == "longgame":
                cli.parse(words[1:])  # raises an error if it is none


def test_python_and_sql_of_the_page_on_clusters(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", CLUSTER, re.S)
    (query,) = re.findall(r"```sql\n(.*?)```", CLUSTER, re.S)
    small = Scenario(months=120).but({"customers.count": 100})
    made = {"executor": SerialExecutor(), "small": small}
    exec(code.replace("2000", "2").replace("Scenario()", "small").replace("workers=64", "workers=1"), made)
    table = made["outcome"].tables["horizons"]
    wanted = table.loc[table["months"] == 120, ["market", "seed", "group", "profit"]]
    with ResultStore("results/runs.sqlite", read_only=True) as store:
        rows = store.connection.execute(query).fetchall()
    assert len(rows) == len(wanted)
    assert sorted(rows) == sorted(wanted.itertuples(index=False, name=None))
