"""What a store holds, for people and for other programs: status and exported tables."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli import main as cli
from longgame.experiments.design.plan import Design, Measure, Plan
from longgame.experiments.store.export import export, status
from longgame.experiments.store.store import ResultStore
from longgame.sim.errors import InputError
from longgame.sim.scenario import MODEL_VERSION
from tests.experiments.store.plans import DEALS, REVENUE, SMALL, TINY, plan, revenue, run


class TestStatusAndExport:
    @pytest.fixture
    def store(self, path):
        with ResultStore(path) as store:
            run(plan(REVENUE, DEALS), store, name="both")
            store.record("larger", plan(REVENUE, seeds=(1, 2)))
            run(plan(Measure("revenue", revenue, 2), seeds=(7,)), store)
            yield store

    def test_status(self, store):
        lines = [line.split() for line in status(store).splitlines()]
        (both,) = (line for line in lines if line[:1] == ["both"])
        (larger,) = (line for line in lines if line[:1] == ["larger"])
        assert both[1:5] == ["4", "4", "0", "0"] and larger[1:5] == ["4", "2", "0", "2"]
        assert f"6 runs of model {MODEL_VERSION}, commit" in status(store)

    @pytest.mark.parametrize("form", ["csv", "parquet"])
    def test_export(self, store, form, tmp_path):
        read = {"csv": pd.read_csv, "parquet": pd.read_parquet}[form]
        written = export(store, tmp_path / "out", form)
        assert [p.name for p in written] == [
            f"{name}.{form}" for name in ("revenue_v1", "deals_v1", "revenue_v2", "runs")
        ]
        table = read(written[0])
        assert list(table.columns) == ["plan", "market", "scenario", "seed", "month", "group", "revenue"]
        wanted = table[["plan", "market", "seed"]].drop_duplicates().to_numpy().tolist()
        pairs = [[arm, seed] for seed in (0, 1) for arm in ("tiny", "small")]
        assert wanted == [["both", *pair] for pair in pairs] + [["larger", "tiny", 1], ["larger", "small", 1]]
        mine = table[table["plan"] == "both"].drop(columns=["plan", "scenario"])
        expected = store.tables(plan(REVENUE, DEALS))["revenue"]
        if form == "parquet":
            pd.testing.assert_frame_equal(mine, expected)
        assert mine["revenue"].tolist() == expected["revenue"].tolist()
        unnamed = read(written[2])
        assert len(unnamed) and not any(unnamed["plan"].astype(object).replace(np.nan, ""))
        runs = read(written[3])
        assert len(runs) == 6 and set(runs["seed"]) == {0, 1, 7} and json.loads(runs["made_with"][0])["numpy"]

    def test_one_measure_in_one_file(self, store, tmp_path):
        assert export(store, tmp_path / "d.parquet", measures=["deals"]) == [tmp_path / "d.parquet"]
        assert "deals" in pd.read_parquet(tmp_path / "d.parquet")
        for to, measures, said in [
            ("d.csv", [], "name a folder"),
            ("d.csv", ["revenue"], "revenue_v1, revenue_v2"),
            ("x", ["deal"], "did you mean `deals`"),
            ("runs.sqlite/x", [], "cannot be made"),
        ]:
            with pytest.raises(InputError, match=said):
                export(store, tmp_path / to, measures=measures)
        assert not (tmp_path / "d.csv").exists() and not (tmp_path / "x").exists()

    def test_an_empty_store(self, path, capsys):
        ResultStore(path).close()
        assert cli.main(["status", "."]) == 0 and "0 runs" in capsys.readouterr().out
        assert cli.main(["export", str(path), "--to", "out"]) == 0
        assert [p.name for p in Path("out").iterdir()] == ["runs.csv"]

    def test_no_store(self, path, capsys):
        assert cli.main(["status"]) == 2
        assert "results: no such file" in capsys.readouterr().err
        assert not path.exists()

    def test_results_can_be_queried_with_sql(self, store):
        rows = store.connection.execute(
            "SELECT runs.seed, sum(m.revenue) FROM revenue_v1 AS m JOIN runs ON runs.id = m.run "
            'WHERE m."group" = ? GROUP BY runs.seed',
            ("adversarial-herd",),
        ).fetchall()
        table = store.tables(plan())["revenue"]
        mine = table[table["group"] == "adversarial-herd"].groupby("seed")["revenue"].sum()
        assert dict(rows) == pytest.approx(mine.to_dict()) and len(rows) == 2


class TestLabels:
    """Labels of a plan are columns of what is exported, as they are of the tables of its run."""

    LABELLED = Design(
        {"tiny": TINY, "small": SMALL},
        {"tiny": {"size": 50, "share": np.float64(0.1), "kind": "a"}, "small": {"size": 60}},
        {"adversarial-herd": {"strategy": "adversarial"}},
    )

    def test_they_are_those_of_the_run(self, path, tmp_path):
        with ResultStore(path) as store:
            table = run(Plan(self.LABELLED, (0, 1), (REVENUE,)), store, name="p").tables["revenue"]
            (file, _) = export(store, tmp_path / "out")
            assert "size, share, kind, strategy" in status(store)
        table.to_csv("run.csv", index=False)
        assert list(table)[:6] == ["market", "seed", "size", "share", "kind", "strategy"]
        exported = pd.read_csv(file).drop(columns=["plan", "scenario"])
        pd.testing.assert_frame_equal(exported, pd.read_csv("run.csv"))

    @pytest.mark.parametrize("form", ["csv", "parquet"])
    def test_plans_have_labels_of_their_own_even_of_other_types(self, path, tmp_path, form):
        others = Design({"tiny": TINY}, {"tiny": {"size": "fifty", "only": True}})
        with ResultStore(path) as store:
            run(Plan(self.LABELLED, (0,), (REVENUE,)), store, name="p")
            run(Plan(others, (0,), (REVENUE,)), store, name="q")
            run(plan(seeds=(5,)), store)
            (file, _) = export(store, tmp_path / "out", form)
        table = {"csv": pd.read_csv, "parquet": pd.read_parquet}[form](file)
        assert list(table)[4:9] == ["size", "share", "kind", "strategy", "only"]
        sizes = table.fillna({"plan": ""}).groupby("plan")["size"].unique().map(list)
        assert [str(size) for size in sizes["p"]] == ["50", "60"] and list(sizes["q"]) == ["fifty"]
        assert pd.isna(sizes[""][0])

    def test_a_measured_column_of_that_name_stands(self, path, tmp_path):
        with ResultStore(path) as store:
            run(Plan(Design({"tiny": TINY}, {"tiny": {"month": "May"}}), (0,), (REVENUE,)), store, name="p")
            (file, _) = export(store, tmp_path / "out")
        assert set(pd.read_csv(file)["month"]) == {1, 2}
