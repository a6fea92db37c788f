"""Strategies that are Python classes take part like declared ones, and what goes wrong in them is told."""

import pickle
import sys
import types
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from longgame.experiments.cli import main as cli
from longgame.experiments.design import compositions
from longgame.experiments.design.arms import Arm, markets
from longgame.experiments.design.entrants import load_python
from longgame.experiments.design.plan import Plan
from longgame.experiments.runs.runner import SerialExecutor, run_plan
from longgame.experiments.store.store import ResultStore
from longgame.sim import STRATEGIES, Conduct, Market, Salesperson, Scenario, Strategy, firms, run
from longgame.sim.engine import months
from longgame.sim.errors import InputError
from longgame.sim.scenario_files import dump_scenario, load_scenario, set_values
from longgame.sim.strategy_class import StrategyFault, class_of, strategy_of
from tests.sim.tables import assert_same

TINY = Scenario(months=26).but({"customers.count": 60})
HEAD = "from longgame.sim import Conduct, Salesperson\n\n\n"


class Plain(Salesperson):
    name, description, base = "plain", "as collaborative sellers do", "collaborative"


class AsUsual(Salesperson):
    name, description, base = "as-usual", "as quitters do, by way of Python", "quitter"

    def conduct(self, customer):
        return super().conduct(customer)


def file_of(folder, body, name="mine.py"):
    """Write a file of strategies and return its name."""
    path = folder / name
    path.write_text(HEAD + body)
    return str(path)


def seller(returned, name="mine", before=""):
    """Return the text of a class whose conduct returns something."""
    return (
        f"class Mine(Salesperson):\n    name, description = '{name}', 'of the user'\n{before}"
        f"    def conduct(self, customer):\n        return {returned}\n"
    )


def duel(strategy, seeds=(0, 1)):
    """Return a plan of one tiny market: a strategy and adversarial sellers, six months."""
    market = TINY.but(
        strategies=[strategy.model_dump()],
        firms=[g.model_dump() for n in (strategy.name, "adversarial") for g in firms(n, singletons=3)],
        months=6,
    )
    return Plan({"duel": market}, seeds, (compositions.POSTS,))


class TestSameRules:
    @pytest.mark.parametrize("cls", [Plain, AsUsual])
    def test_a_class_that_changes_nothing_is_its_base_to_the_last_bit(self, cls):
        played = strategy_of(cls)
        groups = [*firms(cls.name, singletons=4, herds=1), *firms("adversarial", singletons=4, herds=1)]
        market = TINY.but({"strategies": [played.model_dump()]}, firms=[g.model_dump() for g in groups])
        alike = STRATEGIES[cls.base].model_copy(update={"name": cls.name})
        declared = market.but(strategies=[alike.model_dump()])
        assert market.in_python() and not declared.in_python()
        assert_same(run(market, 3, orders=True), run(declared, 3, orders=True))
        assert run(market, 3).orders is None

    def test_one_that_pushes_behind_its_quota_pushes_then_and_only_then(self, pytestconfig):
        page = (pytestconfig.rootpath / "docs" / "howto" / "add-a-strategy.md").read_text(encoding="utf-8")
        text = page.partition("# behind_quota.py\n")[2].partition("```")[0]
        module = types.ModuleType("shown")
        exec(text, vars(module))
        market = Market(TINY.but({"customers.rate": 2.0}), rng=1, classes={"collaborative": module.BehindQuota})
        seen, before = [], {}
        for month in range(11):  # before anybody is replaced
            if month % 3 == 0:
                before = {seller.id: seller.deals for seller in market.salespeople}
            due = {s.id: s.deals - before[s.id] < 9 * (month % 3) / 3 for s in market.salespeople}
            market.step()
            visits = market.state.visits[: int(market.state.n_visits[0])]
            for agent in market.salespeople:
                if type(agent) is module.BehindQuota:
                    mine = visits[(visits["seller"] == agent.row) & (visits["price"] > 0)]
                    pushed = market.state.conducts["pressure"][mine["conduct"]]
                    assert (pushed == (0.8 if due[agent.id] else 0.0)).all()
                    seen += pushed.tolist()
        assert set(seen) == {0.0, 0.8}

    def test_months_of_compiled_rules_refuse_what_they_would_play_wrong(self):
        with pytest.raises(ValueError, match="strategy as-usual is a Python class"):
            next(months(duel(strategy_of(AsUsual)).markets["duel"], 0))


class TestGivenLikeAStrategy:
    def test_in_a_scenario_an_arm_and_a_composition(self):
        strategy = strategy_of(AsUsual)
        assert Scenario(strategies=[AsUsual]).strategy("as-usual") == strategy
        assert (strategy.description, strategy.endgame_months) == (AsUsual.description, 12)
        arm = Arm(AsUsual, "herd")
        assert (arm.strategy, arm.name) == (strategy, "as-usual-herd")
        assert markets(TINY, [arm, Arm("adversarial", "herd")])["shared"].strategies == (strategy,)
        mixed = compositions.composed({"as-usual": 2, "adversarial": 2}, "singleton")
        assert compositions.market(TINY, mixed, {"as-usual": AsUsual}).strategies == (strategy,)

    def test_declared_strategies_are_written_as_before(self):
        assert "code" not in Scenario(strategies=[Strategy(name="x", description="x")]).model_dump_json()
        assert "code" not in Strategy(name="x", description="x").model_dump()

    @pytest.mark.parametrize(
        ("body", "told"),
        [
            ("class Mine(Salesperson):\n    pass\n", "class Mine has no `name` of its own"),
            (
                seller("1", before="    base = 'colaborative'\n"),
                "base is 'colaborative'.* did you mean `collaborative`",
            ),
            (seller("1", name="My Own"), 'name is "My Own"; write lower-case letters'),
            (seller("1", name="milker"), '"milker", a strategy of the library; choose another name'),
            ("a = '\0'\n", r"^[^:]+: SyntaxError: .*null bytes"),
            ("HERE = __file__\n" + seller("1"), r"its file alone does not give it \(NameError: name '__file__'"),
        ],
    )
    def test_a_file_that_gives_no_strategy_is_told_in_a_line(self, tmp_path, body, told):
        with pytest.raises(InputError, match=told) as refused:
            load_python(file_of(tmp_path, body))
        assert len(refused.value.lines) == 1

    def test_classes_stand_beside_declared_strategies_and_helpers(self, tmp_path):
        body = "from longgame.sim import Strategy\nB = Strategy(name='b', description='b')\n"
        helper = "class Helper(Salesperson):\n    pass\n\n\n"
        path = file_of(tmp_path, body + helper + seller("Conduct()", "a").replace("Salesperson", "Helper"))
        assert sorted(s.name for s in load_python(path)) == ["a", "b"]


class TestCodeIsNeverData:
    def test_no_scenario_file_and_no_setting_brings_code(self, tmp_path):
        market = duel(strategy_of(AsUsual)).markets["duel"]
        dump_scenario(market, tmp_path / "with.toml")
        assert "class AsUsual" in (tmp_path / "with.toml").read_text()  # to be read, by people
        with pytest.raises(InputError, match=r"strategies.as-usual.code: code is never read from a scenario"):
            load_scenario(tmp_path / "with.toml")
        plain = Scenario(strategies=[Strategy(name="x", description="x")])
        with pytest.raises(InputError, match=r"strategies.x.code: code is never read"):
            set_values(plain, ['strategies.x.code={class="A", text="print(1)"}'])
        with pytest.raises(ValidationError, match="code is never read"):
            Strategy(name="x", description="x", code="print(1)")


class TestRunsAndWorkers:
    def test_workers_play_it_alike_from_its_text_alone(self, tmp_path):
        chancy = "Conduct(pressure=self.random.random(), markup=0.1 * min(customer.deals, 5))"
        path = file_of(tmp_path, seller(chancy))
        (strategy,) = load_python(path)
        Path(path).unlink()
        assert pickle.loads(pickle.dumps(strategy)) == strategy
        alone, together = (run_plan(duel(strategy), workers=n, progress=False) for n in (1, 2))
        assert not alone.failures and not together.failures
        pd.testing.assert_frame_equal(alone.tables["posts"], together.tables["posts"])
        assert alone.tables["posts"]["profit"].nunique() > 6

    def test_a_run_leaves_nothing_behind_for_the_next(self, tmp_path):
        counting = "self.met.append(1) or Conduct(markup=0.1 * (len(self.met) % 7) - 0.5)"
        path = file_of(tmp_path, seller(counting, before="    met = []\n"))
        plan = duel(load_python(path)[0])
        both = run_plan(plan, workers=1, progress=False).tables["posts"]
        second = run_plan(Plan(plan.markets, (1,), plan.measures), workers=1, progress=False).tables["posts"]
        pd.testing.assert_frame_equal(both[both["seed"] == 1].reset_index(drop=True), second)

    def test_a_changed_file_is_another_strategy_and_the_same_text_elsewhere_is_not(self, tmp_path):
        (tmp_path / "other").mkdir()
        texts = [seller("Conduct()"), seller("Conduct()"), seller("Conduct(markup=0.6)")]
        folders = [tmp_path, tmp_path / "other", tmp_path]
        plans = [duel(load_python(file_of(folder, text))[0]) for folder, text in zip(folders, texts, strict=True)]
        with ResultStore(tmp_path / "runs.sqlite") as store:
            for plan, reused in zip(plans, (0, 2, 0), strict=True):
                assert run_plan(plan, store=store, workers=1, progress=False).reused == reused

    @pytest.mark.parametrize(
        ("returned", "told"),
        [
            ("{'markup': 1}", "TypeError: Mine.conduct returned an object of type dict; it must return a Conduct"),
            ("1 / 0", "StrategyFault: strategy mine, line 7: ZeroDivisionError: division by zero"),
            ("exit(3)", "StrategyFault: strategy mine, line 7: SystemExit: 3"),
            (
                "Conduct(pressure=2)",
                "StrategyFault: strategy mine, line 7: pressure is 2; it must be at least 0 and at most 1",
            ),
        ],
    )
    def test_a_broken_class_is_a_failed_run_with_a_clear_error(self, tmp_path, returned, told):
        broken = duel(load_python(file_of(tmp_path, seller(returned)))[0], seeds=(0,))
        sound = duel(strategy_of(Plain), seeds=(0,))
        plan = Plan({"broken": broken.markets["duel"], "sound": sound.markets["duel"]}, (0,), sound.measures)
        outcome = run_plan(plan, workers=1, progress=False)
        (failure,) = outcome.failures
        assert failure.market == "broken" and set(outcome.tables["posts"]["market"]) == {"sound"}
        assert pd.Series([failure.error]).str.fullmatch(told).all(), failure.error
        assert "\n" not in failure.error and "return" in failure.details

    def test_ctrl_c_is_no_fault_of_a_strategy(self, tmp_path):
        (strategy,) = load_python(
            file_of(tmp_path, "def stop():\n    raise KeyboardInterrupt\n\n\n" + seller("stop()"))
        )
        with pytest.raises(KeyboardInterrupt):
            run(duel(strategy).markets["duel"], 0)

    def test_the_cost_is_told(self, capsys):
        run_plan(duel(strategy_of(AsUsual)), workers=1)
        assert "2 runs use Python strategies, about 10 times slower: less than a minute" in capsys.readouterr().err
        run_plan(duel(STRATEGIES["milker"].model_copy(update={"name": "x"})), workers=1)
        assert "Python" not in capsys.readouterr().err


class TestClassesOfOneProcess:
    """Of a notebook, of a function, of a script: there is no file that another process could load."""

    def test_one_made_in_a_function_is_played_here_and_refused_elsewhere(self):
        class Local(Salesperson):
            name, description = "local", "made in a function"
            met = 0

            def conduct(self, customer):
                type(self).met += 1
                return Conduct()

        strategy = strategy_of(Local)
        assert strategy == strategy_of(Local) and class_of(strategy.code) is Local
        assert not run_plan(duel(strategy), workers=1, progress=False).failures and Local.met > 0
        for elsewhere in ({"workers": 2}, {"workers": 1, "executor": SerialExecutor()}):
            with pytest.raises(
                ValueError, match=r"strategy local is a class that lives in .*; put it into a \.py file"
            ):
                run_plan(duel(strategy), **elsewhere)
        with pytest.raises(TypeError, match=r"Local lives in this process alone: put it into a \.py file"):
            pickle.dumps(strategy)

    def test_another_class_of_the_same_name_has_another_key(self):
        def made():
            class Local(Salesperson):
                name, description = "local", "made in a function"

            return Local

        assert duel(strategy_of(made())).markets["duel"].key() != duel(strategy_of(made())).markets["duel"].key()

    def test_its_own_error_names_its_line(self):
        class Local(Salesperson):
            name, description = "local", "made in a function"

            def conduct(self, customer):
                return {}["nothing"]

        with pytest.raises(StrategyFault, match=r"strategy local, line \d+: KeyError: 'nothing'"):
            run(duel(strategy_of(Local)).markets["duel"], 0)

    def test_a_script_is_not_run_again_for_its_class(self, tmp_path, monkeypatch):
        script = Path(file_of(tmp_path, seller("Conduct()") + "\n\nprint('the whole study')\n"))
        main = types.ModuleType("__main__")
        main.__file__ = str(script)
        monkeypatch.setitem(sys.modules, "__main__", main)
        exec(script.read_text(), vars(main))
        strategy = strategy_of(main.Mine)
        assert class_of(strategy.code) is main.Mine
        assert strategy.code.text == script.read_text()  # so that the store finds its runs again


class TestTournament:
    def test_a_file_with_a_class_plays_on_two_workers(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        file_of(tmp_path, seller("Conduct(markup=-0.9, discovery=0.0, aftercare=0.0)"))
        command = ["tournament", "mine.py", "collaborative", "--set", "customers.count=60", "--months", "12"]
        assert cli.main([*command, "--seeds", "6", "--workers", "2", "--out", "out"]) == 0
        told = capsys.readouterr()
        assert "30 runs use Python strategies, about 10 times slower" in told.err
        league = pd.read_csv("out/league.csv")
        assert set(league["strategy"]) == {"mine", "collaborative"}
        assert "Mine" in Path("out/about.json").read_text()

    def test_a_card_says_that_a_class_decides(self, tmp_path, monkeypatch, capsys):
        monkeypatch.chdir(tmp_path)
        file_of(tmp_path, seller("Conduct()", before="    base = 'milker'\n"))
        assert cli.main(["show", "mine.py"]) == 0
        assert "Code: class Mine decides each encounter" in capsys.readouterr().out
