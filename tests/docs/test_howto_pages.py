"""The commands, files and Python of the how-to pages, carried out in order, on small markets."""

import re
import shlex
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from longgame.experiments import claims
from longgame.experiments.cli import main as cli
from longgame.experiments.evidence.table import targets
from longgame.experiments.figures import style
from longgame.sim import STRATEGIES, Scenario
from longgame.sim.scenario_files import load_scenario

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
SMALL = ["--set", "customers.count=200", "--months", "12"]
FEW = ["--seeds", "2", "--workers", "1"]
#: Commands that set strategies against each other.
CONTESTS = ("tournament", "invade", "evolve")
ONE = ["--set", "customers.count=60", "--months", "6", "--seeds", "1", "--workers", "1"]
#: How the commands of the laboratory are made small.
LAB = {
    "phase-map": [*ONE, "--coarse", "2", "--depth", "0"],
    "sensitivity": [*ONE, "--trajectories", "2", "--top", "2", "--samples", "8"],
    "ensemble": [
        *[
            "--dials",
            "customers.rate",
            "economy.wage",
            "switch.offers",
            "--waves",
            "1",
            "--points",
            "8",
            "--screen",
            "10",
        ],
        *[
            "--seeds",
            "2",
            "--customers",
            "200",
            "--months",
            "24",
            "--set",
            "burn_in=0",
            "--truths",
            "1",
            "--workers",
            "1",
        ],
        *["--without", *(target.name for target in targets("repeat-supply")[3:])],
    ],
    **{name: ["--markets", "30", "--workers", "1"] for name in ("calibrate", "advise")},
    "fit-strategy": [*ONE, "--fresh", "1", "--budget", "5"],
}
#: The same over the markets of an ensemble.
OVER = {"sensitivity": FEW, "fit-strategy": ["--seeds", "2", "--fresh", "1", "--budget", "5", "--workers", "1"]}


def draw_only(draw, stem):
    """Draw a figure as `style.save` does, and write nothing: that takes most of the time of a small run."""
    with style.style("paper"):
        draw(Figure(layout="constrained"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Every page works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(style, "save", draw_only)
    return tmp_path


def blocks(page):
    """Return (language, text) of every block of code, in order."""
    return re.findall(r"```(\w+)\n(.*?)```", (HOWTO / f"{page}.md").read_text(encoding="utf-8"), re.S)


def carry_out(text, capsys):
    """Carry out every command of a block, smaller; return what was printed."""
    for line in text.splitlines():
        name, command, *rest = shlex.split(line, comments=True)
        assert name == "longgame"
        if command in CONTESTS:
            whole = not [word for word in rest if word in STRATEGIES or word.endswith((".toml", ".py"))]
            rest = (["milker", "advisor"] if whole else []) + rest + SMALL + ["--seeds", "1", "--workers", "1"]
            rest = ["1" if before == "--points" else word for before, word in pairwise(["", *rest])]
            rest = [str(min(int(word), 2)) if before == "--years" else word for before, word in pairwise(["", *rest])]
        over = "--markets" in rest and command not in ("calibrate", "advise")  # an ensemble has its own numbers
        if command in ("run", "claims", "simulate") and not over:
            own = "mine.toml" in rest  # a market with as many customers as the log
            rest += SMALL[2:] if own else SMALL
        rest += (OVER if over else LAB).get(command, [])
        if command in ("run", "claims"):
            rest += FEW[2:] if "--until-clear" in rest else FEW
        if command == "claims" and "--quick" not in rest and not over:
            rest.append("--no-flips")  # --quick searches
        if command == "claims" and not any(word in claims.names() or word.endswith(".py") for word in rest):
            rest = ["herd", *rest]
        if "--max-seeds" in rest:
            rest[rest.index("--max-seeds") + 1] = "8"
        assert cli.main([command, *rest]) == 0, f"{line}\n{capsys.readouterr().err}"
    return capsys.readouterr().out


def test_run_an_experiment(capsys):
    made = {"small": Scenario(months=36).but({"customers.count": 100})}
    for kind, text in blocks("run-an-experiment"):
        if kind == "sh":
            carry_out(text, capsys)
        else:
            code = text.replace("longgame.Scenario(months=36)", "small").replace("seeds=8", "seeds=2")
            exec(code.replace("workers=2", "workers=1").replace("range(8)", "range(2)"), made)
    assert "money per salesperson-year" in capsys.readouterr().out
    assert set(made["table"]["market"]) == {"talk", "silence"}
    assert Path("results/two/claims.html").exists()


def test_order_file(capsys):
    made = {}
    for kind, text in blocks("order-file"):
        if kind == "sh":
            carry_out(text.replace("--months 36", "--months 24"), capsys)
        else:
            exec(text, made)
    assert Path("results/book/figures/paper").parent.parent.exists() and made["log"].revenue > 0


def test_calibrate(capsys):
    made = {}
    for kind, text in blocks("calibrate"):
        if kind == "sh":
            carry_out(text.replace("--months 36", "--months 12"), capsys)
        else:
            exec(text.replace("seed=0", "seed=0, markets=30"), made)
    assert made["scenario"] == load_scenario("mine.toml")
    assert Path("fit.png").exists() and "The market beside the book" in capsys.readouterr().out


def test_advise(capsys):
    for _, text in blocks("advise"):
        shown = carry_out(text.replace("--months 36", "--months 12"), capsys)
    page = Path("results/advise/advice.html").read_text()
    assert "asking more" in shown and "a good person leaving" in page and "<img" in page


def test_ensemble(capsys):
    made = "results/first/repeat-supply.json"
    for kind, text in blocks("ensemble"):
        if kind == "sh":
            shown = carry_out(text.replace("--markets repeat-supply", f"--markets {made}"), capsys)
            assert ("Known truths" if "longgame ensemble" in text else "of the ensemble") in shown
        else:
            exec(text, {})
            count, total = capsys.readouterr().out.split()
            assert int(count) > 0 and float(total) == pytest.approx(1.0)


def test_add_a_strategy(capsys, monkeypatch):
    monkeypatch.syspath_prepend(".")
    made, shown = {}, ""
    for kind, text in blocks("add-a-strategy"):
        file = Path(text.splitlines()[0].removeprefix("# "))
        if file.suffix in (".toml", ".py"):
            file.write_text(text)
        elif kind == "sh":
            shown += carry_out(text, capsys)
        else:
            exec(text.replace("months=60", "months=6"), made)
    shown += capsys.readouterr().out
    assert (
        shown.count("every rule is kept") == 2 and shown.count("patient-herd") >= 2
    )  # from the command, and from Python
    assert "behind-quota " in shown and "behind-quota-singleton" in shown


def test_mesa(capsys, monkeypatch):
    monkeypatch.setattr("multiprocessing.set_start_method", lambda *_, **__: None)  # it would hold for later tests
    ((_, code),) = blocks("mesa")
    made = {}
    exec(code.replace("months=24", "months=3"), made)
    assert capsys.readouterr().out == "4 runs\n" and len(made["rows"]) == 4 * Scenario().customers.count


def test_tournament(capsys):
    made, shown = {}, ""
    for kind, text in blocks("tournament"):
        file = Path(text.splitlines()[0].removeprefix("# "))
        if file.suffix in (".toml", ".py"):
            file.write_text(text)
        elif kind == "sh":
            shown += carry_out(text, capsys)
        else:
            small = text.replace("range(8)", "range(2)").replace("workers=2", "workers=1")
            exec(small.replace("months=24", "months=6"), made)
    assert "bold-4" in shown and "patient" in shown and "Live market, year 2" in shown
    assert set(made["table"]["strategy"]) == {"collaborative", "adversarial"}


def test_add_a_claim(elsewhere, monkeypatch, capsys):
    monkeypatch.setattr(sys, "path", [*sys.path])
    (code, check), (commands,) = ([text for kind, text in blocks("add-a-claim") if kind == k] for k in ("python", "sh"))
    (elsewhere / "patience.py").write_text(code)
    shown = carry_out(commands, capsys)
    assert "Does aftercare earn a herd more than it costs?" in shown and "patience: undecided" in shown
    exec(check, {})
    monkeypatch.setattr(claims, "__path__", [*claims.__path__, str(elsewhere)])
    assert "patience" in claims.names() and cli.main(["list"]) == 0
    assert "  patience " in (shown := capsys.readouterr().out) and "Patience pays." in shown
    del sys.modules["patience"]


def test_add_a_study(elsewhere, monkeypatch, capsys):
    monkeypatch.setattr(sys, "path", [*sys.path])
    (code, python), (commands,) = (
        [text for kind, text in blocks("add-a-study") if kind == k] for k in ("python", "sh")
    )
    (elsewhere / "level_of_pay.py").write_text(code)
    shown = carry_out(commands, capsys)
    assert "level_of_pay.py  study: What sellers are paid over time." in shown
    assert "level_of_pay.py: study level-of-pay: every rule is kept" in shown
    exec(python.replace("months=24", "months=2"), {})
    assert "A seller was paid" in capsys.readouterr().out
    del sys.modules["level_of_pay"]


def test_frontier_and_sensitivity(capsys):
    for kind, text in blocks("frontier-and-sensitivity"):
        assert kind == "sh"
        carry_out(text, capsys)
    assert Path("results/where/churn-months.csv").exists() and Path("results/which/morris.csv").exists()
    assert Path("results/best/fitted-24.toml").exists()
