"""The lesson page: its markets, its numbers and its sentences."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from longgame.experiments.cli.main import main
from longgame.experiments.design.arms import SEPARATE, SHARED
from longgame.experiments.lesson import conclusion, grid, network, page, parts, race
from longgame.experiments.measures.totals import cumulative
from longgame.sim import POLICIES, Firms, Scenario, run
from longgame.sim.configurations import needs_per_seller
from tests.lesson_pages import MONTHS, OWN, SEEDS, SMALL, shared


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page and its data."""
    text = shared(tmp_path_factory).read_text(encoding="utf-8")
    (numbers,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    return text, json.loads(numbers)


# -- markets -------------------------------------------------------------------------------------------


def test_needs_in_total_are_the_same_at_every_point():
    scenario = Scenario()
    wanted = scenario.customers.count * needs_per_seller(scenario)  # of as many salespeople everywhere
    needs = [
        (s := grid.at(scenario, point)).customers.count * needs_per_seller(s) / s.customers.count
        for point in grid.points(scenario)
    ]
    assert np.allclose(needs, wanted / scenario.customers.count, rtol=1e-3)


def test_the_default_point_is_the_scenario_itself():
    scenario = Scenario()
    assert grid.at(scenario, grid.default_point(scenario)).key() == scenario.key()


def test_a_value_at_an_end_of_a_dial_leaves_two_levels():
    assert len(grid.points(Scenario())) == 27
    assert len(grid.points(SMALL)) == 8


# -- numbers -------------------------------------------------------------------------------------------


def test_paths_and_differences_are_those_of_the_runs(made):
    _, data = made
    point = (0, 0, 0)
    scenarios = {k: s for k, s in grid.plan(SMALL, SEEDS).markets.items() if k.startswith("0-0-0/")}
    contrast = grid.CONTRASTS[2]
    cell = data["cells"][grid.key(point)]
    for market, own in (("separate", None), ("shared", SHARED)):
        ends = []
        for arm in (contrast.left, contrast.right):
            paths = []
            for seed in range(SEEDS):
                result = run(scenarios[f"0-0-0/{own or arm.name}"], seed)
                table = cumulative(result.monthly)
                paths.append(table.loc[table["group"] == arm.name, "profit"].to_numpy())
            shown = cell["arms"][market][arm.name]
            assert np.allclose(shown["runs"], paths, atol=0.51)
            assert np.allclose(shown["median"], np.median(paths, axis=0), atol=0.51)
            assert np.allclose(shown["low"], np.quantile(paths, 0.1, axis=0), atol=0.51)
            ends.append(np.array(paths)[:, -1])
        effect = cell["differences"][market][contrast.key][str(MONTHS)]
        assert effect["value"] == pytest.approx((ends[0] - ends[1]).mean(), abs=0.51)
        assert effect["ahead"] == (ends[0] > ends[1]).sum()
        assert effect["low"] <= effect["value"] <= effect["high"]


def test_shares_of_exchanges_add_up_at_every_horizon(made):
    _, data = made
    for cell in data["cells"].values():
        for arms in cell["arms"].values():
            for arm in arms.values():
                assert set(arm["exchanges"]) == {"12", "24", "36"}
                assert np.allclose([sum(shares) for shares in arm["exchanges"].values()], 100, atol=0.5)


# -- the picture ---------------------------------------------------------------------------------------


def test_the_picture_shows_whom_customers_trust_at_the_end(made):
    _, data = made
    picture = data["picture"]
    market = network.markets(network.small(SMALL), grid.ARMS)[SHARED]
    result = run(market, network.SEED)
    shown = picture["markets"][SHARED]
    people = result.customers.set_index("place")
    groups = result.salespeople.set_index("salesperson")["group"]
    for place, letter in enumerate(shown["months"][-1]):
        favourite = people["favourite"].get(place, pd.NA)
        if pd.isna(favourite):
            assert letter == network.STRANGER
        elif people["trust_favourite"][place] < market.trust.prior:
            assert letter == network.DISTRUSTED
        else:
            assert picture["arms"][int(letter)] == groups[favourite]
    monthly = result.monthly.groupby("month")[["told_good", "told_bad"]].sum()
    for month, stories in enumerate(shown["stories"], start=1):
        good = sum(stories[2::3])
        assert [good, len(stories) // 3 - good] == monthly.loc[month].tolist()
        for teller, listener in zip(stories[::3], stories[1::3], strict=True):
            assert sorted((teller, listener)) in picture["edges"]


# -- sentences -----------------------------------------------------------------------------------------


AHEAD = {
    1: ["collaborative herds", "1,200", "1,000 to 1,500"],
    -1: ["adversarial herds", "1,200", "1,000 to 1,500"],
    0: ["no clear difference", "", "−1,000 to 1,500"],
}


@pytest.mark.parametrize("sign", AHEAD)
def test_the_conclusion_names_who_was_ahead(sign):
    low, high = {1: (1000, 1500), -1: (-1500, -1000), 0: (-1000, 1500)}[sign]
    effect = {"value": 1200 * sign, "low": low, "high": high, "sign": sign}
    assert conclusion.ahead(grid.CONTRASTS[1], effect) == AHEAD[sign]


def test_the_conclusion_counts_what_is_on_the_page(made):
    _, data = made
    for found in data["conclusion"]["grid"]:
        signs = [
            cell["differences"][found["where"]][found["contrast"]][str(MONTHS)]["sign"]
            for cell in data["cells"].values()
        ]
        wins, losses, unclear = (signs.count(side) for side in (1, -1, 0))
        counts = re.findall(r"(?:ahead|singletons|herds|neither) in (\d+)", found["text"])
        assert [int(n) for n in counts] == [wins, losses, unclear]
        assert f"The dials have {len(signs)} settings." in found["text"]
        assert len(found["against"]) == losses


def test_what_a_part_of_the_herd_brings_is_that_of_the_runs(made):
    _, data = made
    scenarios = grid.plan(SMALL, SEEDS).markets
    usual = grid.key(grid.default_point(SMALL))
    whole, apart = (scenarios[f"{usual}/collaborative{name}-herd"] for name in ("", "-without-leads"))
    herd, other = (s.firms[0].rules.model_dump() for s in (whole, apart))
    assert {name for name in herd if herd[name] != other[name]} == {"shares_leads"}
    assert (whole.sellers, whole.customers.count) == (apart.sellers, apart.customers.count)
    less = np.mean(
        [
            np.subtract(*(cumulative(run(s, seed).monthly)["profit"].iloc[-1] for s in (whole, apart)))
            for seed in range(SEEDS)
        ]
    )
    said = data["conclusion"]["apart"]["collaborative-herd"]
    (row,) = (row for row in said if "passing customers on" in row[0])
    assert row[1] in (f"{less:,.0f} less", conclusion.UNCLEAR)
    assert len(row) == len(conclusion.APART)
    assert len(said) == len(parts.parts_of(SMALL))


def test_only_parts_that_a_herd_has_are_taken_away():
    policy = POLICIES["herd"].model_copy(update={"delivery_team": 0.0, "shares_memory": False})
    own = Firms(name="herd", count=4, strategies={"collaborative": 5}, policy=policy)
    scenario = SMALL.but(firms=[own.model_dump()])
    assert [part.key for part in parts.parts_of(scenario)] == ["leads", "attention", "overhead"]
    left = parts.without(scenario, "adversarial", parts.PARTS[1]).policy
    assert left == policy.model_copy(update={"shares_leads": False})


@pytest.mark.parametrize(
    ("gains", "short", "cells"),
    [
        (
            [3, 4, 5, 6, 7, 8],
            "A collaborative herd owes most to a delivery team after the close.",
            ["6 less", "4 to 7 less"],
        ),
        (
            [-3, -4, -5, -6, -7, -8],
            "No single part of a collaborative herd clearly brings it anything.",
            ["6 more", "4 to 7 more"],
        ),
        ([-1, 1, -2, 2, -3, 3], "No single part", ["no clear difference", "2 more to 2 less"]),
        ([0] * 6, "No single part", ["exactly as much", ""]),
        ([1, 2], "No single part", ["too few runs: 2 of 6 needed", ""]),
    ],
)
def test_the_worth_of_the_parts_of_a_herd_in_words(gains, short, cells, monkeypatch):
    monkeypatch.setattr(parts, "PARTS", parts.PARTS[:1])
    ends = {
        (conduct, apart): [gain * (not apart) for gain in gains] for conduct in grid.CONDUCTS for apart in (False, True)
    }
    paths = pd.concat(
        [
            pd.DataFrame(
                {"setting": SEPARATE, "group": name, "seed": range(len(gains)), "month": MONTHS, "profit": end}
            )
            for (conduct, apart), end in ends.items()
            for name in [f"{conduct}{'-without-team' * apart}-herd"]
        ]
    )
    said = conclusion.taken_apart(SMALL, paths)["collaborative-herd"]
    assert said["short"].startswith(short)
    assert said["each"][0] == ["a delivery team after the close", *cells]


def test_losses_are_counted_not_asserted(made):
    _, data = made
    ends = [
        arm["median"][-1] for cell in data["cells"].values() for arms in cell["arms"].values() for arm in arms.values()
    ]
    assert f"{sum(end < 0 for end in ends)} of the {len(ends)} groups" in data["conclusion"]["losing"]


# -- the file ------------------------------------------------------------------------------------------


def test_the_page_is_one_file_that_asks_for_nothing(made):
    text, _ = made
    assert len(text.encode()) < 5e6
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    assert not re.search(r"@import|url\((?!#)", text)
    assert text.count("<script") == 2
    assert "{{" not in re.sub(r"<script.*?</script>", "", text, flags=re.S)


def test_text_in_the_data_cannot_end_the_script():
    texts = dict.fromkeys(("members", "fair", "dear"), "<b>bold")
    text = page.page({"title": "</title><b>", "texts": texts, "note": "</script><script>alert(1)</script>"})
    assert "</script><script>alert" not in text
    assert "</title><b>" not in text
    assert "<b>bold" not in text


def test_text_in_the_data_cannot_keep_the_script_open():
    """After `<!--<script>` a browser reads on past the end of the script element, and the page stays empty."""
    note = "a <!--<script> b"
    text = page.page({"title": "", "texts": dict.fromkeys(("members", "fair", "dear"), ""), "note": note})
    (data,) = re.findall(r'id="data">(.*?)</script>', text, re.S)
    assert "<" not in data
    assert json.loads(data)["note"] == note


@pytest.mark.parametrize("live", [False, True])
def test_every_module_is_there_once_after_those_it_needs(live):
    script = page.script(live=live)
    order = re.findall(r'^modules\["([\w.-]+)"\] = ', script, re.M)
    there = {f.name for f in page.WEB.iterdir() if f.name.endswith(".js")}
    assert sorted(order) == sorted(there - ({page.LIVE} if live else {page.LIVE, page.LIVE_MAIN}))
    assert order[-1] == (page.LIVE_MAIN if live else page.MAIN)
    for name in order:
        for needed in re.findall(r'from "\./([\w.-]+)"', page.source(name)):
            assert order.index(needed) < order.index(name)
    assert ("fetch(" in script) == live  # the file asks nobody for anything
    assert "import " not in re.sub(r"//.*", "", script)


def test_what_is_wrong_is_told_at_once(tmp_path, capsys):
    for arguments, words in (
        (["--seeds", "2"], "from 6 to 20"),
        (["--out", str(tmp_path)], "is a directory"),
        (["--out", str(tmp_path / "no" / "lesson.html")], "no"),
        (["--set", "customers.rate=-1"], "customers.rate"),
    ):
        assert main(["lesson", *arguments]) == 2
        assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


assert set(OWN) >= {dial.path for dial in grid.DIALS}
assert race.BAND == (0.1, 0.9)
