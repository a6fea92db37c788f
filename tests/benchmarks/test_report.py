"""The report says what was measured, and nothing is called met that is not."""

import doctest
import math
import sys

import pytest

from benchmarks import bench, tables
from benchmarks.compare import CONTENDERS, SIZES
from benchmarks.report import render
from benchmarks.targets import targets

SPEEDS = {"project": 60e6, "c_loop": 70e6, "numpy_arrays": 10e6, "mesa_objects": 1e6}


def small_rows():
    rows = []
    for size in SIZES:
        for peer in CONTENDERS:
            for threads in peer.threads:
                for turn in range(3):
                    # A busy machine slows a whole round, which must not matter for ratios.
                    fast = SPEEDS.get(peer.module, 5e6) * (1.8 if threads == 2 else 1.0) / (1 + turn)
                    rows.append(
                        {
                            "peer": peer.module,
                            "threads": threads,
                            "round": turn,
                            **size._asdict(),
                            "needs": 1000,
                            "visits": 600,
                            "deals": 300,
                            "revenue": 180.0,
                            "seconds": size.customers * size.months / fast,
                            "setup_seconds": 0.1,
                            "cpu_seconds": size.customers * size.months / fast,
                            "startup_seconds": 1.0,
                            "peak_bytes": 10**8,
                        }
                    )
    return rows


def full_row(sweep, customers, threads=1, **other):
    row = {
        "sweep": sweep,
        "round": 0,
        "customers": customers,
        "salespeople": 50,
        "months": 120,
        "remembered": 6,
        "layout": "mixed",
        "threads": threads,
        "seconds": customers * 120 / 12e6 / threads,
        "cpu_seconds": customers * 120 / 12e6,
        "setup_seconds": 0.5,
        "tables_seconds": 0.5,
        "visits_a_month": customers / 5,
        "bytes_a_customer": 390.0,
        "peak_bytes": 500 * customers,
        "touched_bytes_a_month": 800.0 * customers,
        "stages": {},
    }
    return row | other


def canned():
    stages = {"need": 1.0, "approach": 2.0, "(rest)": 0.5}
    full = [full_row("customers", n, t) for n in (10**4, 10**5, 10**6, 10**7) for t in (1, 2)]
    full += [full_row("memory", 10**5, remembered=k) for k in (2, 24)]
    full += [full_row("stages", n, stages=stages, cpu_seconds=3.5) for n in (10**4, 10**6)]
    names = [peer.module for peer in CONTENDERS]
    return {
        "command": "python -m benchmarks.bench",
        "minutes": 12.0,
        "machine": {
            "date": "2026-01-01",
            "revision": "abc",
            "processor": "a processor",
            "cores": 2,
            "caches": "L1 48K",
            "memory_gb": 16.0,
            "system": "Linux",
            "versions": {"python": "3.13.0"},
        },
        "peers": small_rows(),
        "skipped": {"jax_arrays": "No module named 'jax'"},
        "full": full,
        "start_ups": {"cold": 20.0, "cached": dict.fromkeys(names, 1.0)},
        "bandwidth": {"1": {"copy": 30e9, "triad": 32e9}, "2": {"copy": 33e9, "triad": 35e9}},
        "runs": [
            {"how": how, "workers": workers, "count": 100, "customers": 2_000, "months": 120, "seconds": seconds}
            for how, workers, seconds in (("threads", 1, 3.0), ("threads", 2, 2.0), ("processes", 2, 1.2))
        ],
        "faces": {"seconds": {"compiled": [1.0, 2.0, 4.0], "face": [2.0, 4.0, 16.0], "own conduct": [25.0] * 3}},
        "starts": {"import": 0.5, "quick": 30.0, "verdict": math.nan},
    }


def test_targets_are_judged_by_the_worst_case():
    by_name = {t.what: t for t in targets(canned())}
    assert by_name["small market, one thread: speed ÷ Mesa objects"].verdict == "**missed**"
    assert by_name["small market, one thread: speed ÷ NumPy"].verdict == "met"
    assert by_name["small market, one thread: speed ÷ plain C loop"].met
    assert by_name["two threads ÷ one, a million customers"].met
    assert by_name["full model, one thread: million customer-months a second"].met
    assert by_name["time grows as customers to the power of"].measured.startswith("1.00")
    assert by_name["10 million customers × 120 months: peak memory"].met
    assert by_name["`longgame run annuity`, nothing compiled before"].verdict == "not measured"
    assert by_name["1,000 runs of 2,000 × 120 months with their summary, two cores"].measured == "12.0 s"
    assert by_name["runs in two threads of one process ÷ in one"].measured == "1.50"
    assert by_name["runs in two threads of one process ÷ in one"].met is False
    assert by_name["Mesa face ÷ compiled run"].measured == "2.00"
    assert by_name["Mesa face ÷ compiled run, own conduct on a quarter of sellers"].met


def test_one_size_too_slow_is_a_miss():
    results = canned()
    for row in results["peers"]:
        if row["peer"] == "project" and row["customers"] == 1_000_000:
            row["cpu_seconds"] *= 2
    by_name = {t.what: t for t in targets(results)}
    assert by_name["small market, one thread: speed ÷ NumPy"].met is False


def test_what_was_not_measured_is_neither_met_nor_missed():
    results = canned()
    results["full"] = [row for row in results["full"] if row["customers"] < 10**6]
    by_name = {t.what: t for t in targets(results)}
    assert by_name["10 million customers × 120 months: peak memory"].met is None
    assert by_name["two threads ÷ one, a million customers"].met is None
    render(results)


def test_the_page_has_every_peer_sweep_and_verdict():
    page = render(canned())
    for peer in CONTENDERS:
        assert page.count(f"| {peer.label} |") >= 2 * len(peer.threads), peer.label
    assert "Skipped: jax_arrays (No module named 'jax')." in page
    for title in ("By customers", "By stage", "Memory bandwidth", "Many runs", "The Mesa face", "By salespeople whom"):
        assert title in page
    assert "| approach |" in page and "57 %" in page
    ratio = next(line for line in page.splitlines() if line.startswith("| Mesa objects | 1 |"))
    assert ratio.split("|")[5].strip() == "60.0"


@pytest.mark.parametrize("options", [[], ["--quick"], ["--largest", "1e6"]])
def test_the_command_writes_the_page_and_what_it_was_made_from(tmp_path, monkeypatch, options):
    page, raw = tmp_path / "page.md", tmp_path / "raw" / "all.json"
    monkeypatch.setattr(bench, "measure_all", lambda *_, keep, **__: keep(canned()))
    monkeypatch.setattr(sys, "argv", ["bench", *options, "--out", str(page), "--raw", str(raw)])
    bench.main()
    assert f"`{' '.join(['python -m benchmarks.bench', *options]).replace('1e6', '1e+06')}`" in page.read_text()
    first = page.read_text()
    monkeypatch.setattr(sys, "argv", ["bench", "--from", str(raw), "--out", str(page)])
    bench.main()
    assert page.read_text() == first


def test_slopes_and_numbers():
    assert tables.slope([1, 10, 100], [2, 20, 200]) == pytest.approx(1.0)
    assert math.isnan(tables.slope([1], [2]))
    assert doctest.testmod(tables).failed == 0
