"""The calls of the package in Python: what cannot be asked is refused in one line, before anything is run."""

import pytest

import longgame

TINY = longgame.Scenario(months=2).but({"customers.count": 40})
GOSSIP = "word_of_mouth.gossip"


class Nameless(longgame.Salesperson):
    """A class that does not say what its strategy is called."""


class Patient(longgame.Salesperson):
    name, description, base = "patient", "sells as collaborative sellers do", "collaborative"


@pytest.fixture(autouse=True)
def nothing_runs(monkeypatch):
    def run(*_, **__):
        raise AssertionError("runs were started")

    monkeypatch.setattr("longgame.api.run_plan", run)
    monkeypatch.setattr("longgame.api.simulate", run)


@pytest.mark.parametrize(
    ("call", "given", "told"),
    [
        ("run", {"scenario": 5}, "scenario is 5; give a Scenario"),
        ("run", {"scenario": None}, "scenario is None; give a Scenario"),
        ("run", {"threads": "two"}, 'threads is "two"; give a whole number'),
        ("run", {"threads": 0}, "threads is 0; give a whole number"),
        ("claim", {"name": None}, "claim is None; give a name"),
        ("claim", {"name": "herd", "seeds": 1.5}, "seeds is 1.5; give a whole number"),
        ("claim", {"name": "herd", "seeds": True}, "seeds is true; give a whole number"),
        ("claim", {"name": "herd", "seeds": 0}, "seeds is 0; give a whole number"),
        ("claim", {"name": "herd", "seeds": "12"}, 'seeds is "12"; give a whole number'),
        ("claim", {"name": "herd", "workers": "two"}, 'workers is "two"; give a whole number'),
        ("claim", {"name": "herd", "workers": 1.5}, "workers is 1.5; give a whole number"),
        ("claim", {"name": "herd", "store": "runs.sqlite"}, 'store is "runs.sqlite"; give an open one'),
        ("experiment", {"what": "heard"}, "did you mean `herd`?"),
        ("experiment", {"what": None}, "experiment is None; give a Claim, a Study, or the name or file of one"),
        ("run_many", {"scenarios": TINY, "seeds": 2}, "give a list"),
        ("run_many", {"scenarios": [TINY, TINY], "seeds": 2}, "two have this name"),
        ("run_many", {"scenarios": [TINY], "seeds": "2"}, 'seeds is "2"; give a whole number'),
        ("run_many", {"scenarios": [TINY], "seeds": [1, 1]}, "seeds must differ"),
        ("run_many", {"scenarios": [], "seeds": 2}, "at least one market"),
        ("run_many", {"scenarios": [TINY], "seeds": 2, "measures": ["horizons"]}, 'a measure is "horizons"'),
        ("run_many", {"scenarios": [TINY], "seeds": 2, "measures": len}, "give a list"),
        ("sweep", {}, "dials: 0 are given; a sweep takes one or two"),
        ("sweep", {"dial": 5}, "dial is 5; give"),
        ("sweep", {"dial": {GOSSIP: 0.5}}, f"the values of dial {GOSSIP} is 0.5; give a list"),
        ("sweep", {"dial": {GOSSIP: []}}, f"the values of dial {GOSSIP} is an empty list; give a list"),
        ("sweep", {"dial": {GOSSIP: ["a"]}}, f'a value of dial {GOSSIP} is "a"; give a number'),
        ("sweep", {"dial": {GOSSIP: [5]}}, f"{GOSSIP} is 5; "),
        ("sweep", {"dial": {GOSSIP: [float("nan")]}}, f"{GOSSIP}"),
        ("sweep", {"dial": {"customers.count": [1.5]}}, "customers.count is 1.5; "),
        ("sweep", {"dial": {"nosuch": [1]}}, "nosuch"),
        ("sweep", {"dial": {GOSSIP: [0.5]}, "organisation": "x"}, 'organisation is "x"; choose from'),
        ("sweep", {"dial": {GOSSIP: [0.5]}, "setting": "share"}, "did you mean `shared`?"),
        ("sweep", {"dial": {GOSSIP: [0.5]}, "column": "profits"}, "did you mean `profit`?"),
        ("sweep", {"dial": {GOSSIP: [0.5]}, "ours": 5}, "a strategy is 5; name a strategy"),
        ("sweep", {"dial": {GOSSIP: [0.5]}, "ours": "nosuch"}, "'nosuch' is not known"),
        ("sweep", {"dial": {GOSSIP: [0.5]}, "ours": "adversarial"}, "it is the same as ours"),
        ("tournament", {"strategies": "collaborative"}, 'strategies is "collaborative"; give a list'),
        ("tournament", {"strategies": 5}, "strategies is 5; give a list"),
        ("tournament", {"strategies": [5]}, "a strategy is 5; name a strategy"),
        ("tournament", {"strategies": [Nameless]}, "name"),
        ("tournament", {"payoff": "x"}, 'payoff is "x"; choose from profit, pay'),
        ("tournament", {"organisation": "herds"}, "did you mean `herd`?"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(call, given, told):
    given = given if "scenarios" in given else {"scenario": TINY, **given}
    first = [given.pop(name) for name in ("dial", "name", "what", "strategies") if name in given]
    with pytest.raises(ValueError) as refused:
        getattr(longgame, call)(*first, **given)
    assert told in str(refused.value) and "\n" not in str(refused.value)


def test_classes_and_paths_take_part_in_a_tournament(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text('[[strategies]]\nname = "own"\ndescription = "mine"\nwith_prospects = { discovery = 0.9 }\n')
    with pytest.raises(AssertionError, match="runs were started"):
        longgame.tournament([Patient, "adversarial", file], scenario=TINY)
