"""The benchmarks written up: Markdown from what a run measured."""

from __future__ import annotations

from statistics import median
from typing import Any

from benchmarks import prose
from benchmarks.compare import CONTENDERS, PROJECT, SIZES, Contender
from benchmarks.small import Market
from benchmarks.tables import Row, busy, middle, paired_ratio, pick, speed, table
from benchmarks.targets import targets, whole


def _small_table(results: dict[str, Any], size: Market) -> str:
    rows = pick(results["peers"], customers=size.customers)
    ours = {t: pick(rows, peer=PROJECT.module, threads=t) for t in (1, 2)}
    lines = []
    for peer in CONTENDERS:
        for threads in peer.threads:
            here = pick(rows, peer=peer.module, threads=threads)
            if here:
                lines.append(_small_line(results, peer, threads, here, ours[threads]))
    title = f"### {size.customers:,} customers × {size.months} months, {size.sellers:,} salespeople\n\n"
    heads = ("", "threads", "M/s", "best M/s", "project ÷ it", "peak MB", "set-up s", "start-up s", "rounds")
    return title + table(heads, lines)


def _small_line(
    results: dict[str, Any], peer: Contender, threads: int, rows: list[Row], ours: list[Row]
) -> tuple[Any, ...]:
    return (
        peer.label,
        threads,
        middle(rows, speed) / 1e6,
        max(map(speed, rows)) / 1e6,
        "1" if peer == PROJECT else paired_ratio(ours, rows),
        middle(rows, "peak_bytes") / 1e6,
        middle(rows, "setup_seconds"),
        float(results["start_ups"]["cached"].get(peer.module, float("nan"))),
        len(rows),
    )


def _agreement(results: dict[str, Any], size: Market) -> str:
    rows = pick(results["peers"], customers=size.customers, threads=1)
    ours = pick(rows, peer=PROJECT.module)
    lines = []
    for peer in CONTENDERS:
        here = pick(rows, peer=peer.module)
        shared = {row["round"] for row in here} & {row["round"] for row in ours}
        if not shared:
            continue
        line: list[Any] = [peer.label]
        for name in ("needs", "visits", "deals", "revenue"):
            theirs = sum(row[name] for row in here if row["round"] in shared)
            own = sum(row[name] for row in ours if row["round"] in shared)
            line.append(f"{100 * (theirs / own - 1):+.2f} %")
        lines.append(line)
    return f"At {size.customers:,} customers:\n\n" + table(("", "needs", "visits", "deals", "revenue"), lines)


def _by_customers(rows: list[Row]) -> str:
    lines = []
    for customers in sorted({row["customers"] for row in rows}):
        for threads in (1, 2):
            here = pick(rows, customers=customers, threads=threads)
            if here:
                lines.append(
                    (
                        f"{customers:,}",
                        f"{here[0]['salespeople']:,}",
                        threads,
                        middle(here, busy),
                        _nanoseconds(here),
                        middle(here, speed) / 1e6,
                        middle(here, whole),
                        middle(here, "bytes_a_customer"),
                        middle(here, "peak_bytes") / 1e9,
                    )
                )
    heads = (
        "customers",
        "salespeople",
        "threads",
        "months: s",
        "ns per customer-month",
        "M/s",
        "whole run: s",
        "bytes a customer",
        "peak GB",
    )
    return table(heads, lines)


def _nanoseconds(rows: list[Row]) -> float:
    return 1e9 / middle(rows, speed)


def _sweep(rows: list[Row], column: str, label: str) -> str:
    lines = []
    for value in dict.fromkeys(row[column] for row in rows):
        here = pick(rows, **{column: value})
        cells = (_nanoseconds(here), middle(here, "bytes_a_customer"), middle(here, "peak_bytes") / 1e9)
        lines.append((f"{value:,}" if isinstance(value, int) else value, *cells))
    return table((label, "ns per customer-month", "bytes a customer", "peak GB"), lines)


def _stages(rows: list[Row]) -> str:
    sizes = sorted({row["customers"] for row in rows})
    lines = []
    for name in rows[0]["stages"]:
        line: list[Any] = [name]
        for customers in sizes:
            here = pick(rows, customers=customers)
            seconds = median(row["stages"][name] for row in here)
            line.append(1e9 * seconds / (customers * here[0]["months"]))
            line.append(f"{100 * median(row['stages'][name] / row['cpu_seconds'] for row in here):.0f} %")
        lines.append(line)
    heads = [""]
    for customers in sizes:
        heads += [f"ns per customer-month at {customers:,}", "share"]
    return table(heads, lines)


def _bandwidth(results: dict[str, Any]) -> str:
    lines = []
    for row in results["full"]:
        measured = results["bandwidth"].get(str(row["threads"]))
        if row["sweep"] != "customers" or row["customers"] < 1_000_000 or not measured:
            continue
        moved = row["touched_bytes_a_month"] * row["months"] / busy(row)
        lines.append(
            (
                f"{row['customers']:,}",
                row["threads"],
                row["touched_bytes_a_month"] / row["customers"],
                moved / 1e9,
                measured["copy"] / 1e9,
                measured["triad"] / 1e9,
                f"{100 * moved / measured['triad']:.0f} %",
            )
        )
    heads = (
        "customers",
        "threads",
        "bytes touched per customer-month",
        "GB/s used",
        "GB/s copy",
        "GB/s triad",
        "used ÷ triad",
    )
    return table(heads, lines)


def _many(rows: list[Row]) -> str:
    lines = [
        (row["how"], row["workers"], f"{row['count']:,}", row["seconds"], 1000 * row["seconds"] / row["count"])
        for row in rows
    ]
    return table(("way", "workers", "runs", "s", "ms a run"), lines)


def _faces(seconds: dict[str, list[float]]) -> str:
    lines = [
        (name, median(taken), median(one / two for one, two in zip(taken, seconds["compiled"], strict=True)))
        for name, taken in seconds.items()
    ]
    return table(("", "processor s", "÷ compiled"), lines)


def render(results: dict[str, Any]) -> str:
    """Return the whole page."""
    machine, full = results["machine"], results["full"]
    parts = [
        prose.INTRODUCTION.format(
            command=results["command"], date=machine["date"], revision=machine["revision"], minutes=results["minutes"]
        ),
        "## Targets\n",
        table(
            ("what", "wanted", "measured", "verdict"),
            [(t.what, t.wanted, t.measured, t.verdict) for t in targets(results)],
        ),
        "\n## Machine\n",
        f"{machine['processor']}, {machine['cores']} cores, {machine['caches']}, "
        f"{machine['memory_gb']:.0f} GB, {machine['system']}.",
        "Versions: " + ", ".join(f"{name} {v}" for name, v in machine["versions"].items()) + ".\n",
        prose.SMALL.format(cold=results["start_ups"]["cold"]),
        *[_small_table(results, size) + "\n" for size in SIZES],
        *[f"Skipped: {peer} ({reason}).\n" for peer, reason in results["skipped"].items()],
        "### They play the same market\n",
        "Totals over all rounds, difference from the project:\n",
        *[_agreement(results, size) + "\n" for size in SIZES],
        prose.FULL,
        "### By customers\n\n" + _by_customers(pick(full, sweep="customers")) + "\n",
    ]
    for sweep, column, label, title in (
        ("salespeople", "salespeople", "salespeople", "By salespeople"),
        ("memory", "remembered", "remembered", "By salespeople whom a customer can remember"),
        ("firms", "layout", "firms", "By firms: all in four herds, half in herds of five, all alone"),
    ):
        rows = pick(full, sweep=sweep)
        if rows:
            note = f"{rows[0]['customers']:,} customers × {rows[0]['months']} months, one thread.\n\n"
            parts.append(f"### {title}\n\n{note}{_sweep(rows, column, label)}\n")
    stages = pick(full, sweep="stages")
    if stages:
        parts.append(f"### By stage\n\n{prose.STAGES}{_stages(stages)}\n")
    if results["bandwidth"]:
        parts.append(f"### Memory bandwidth\n\n{prose.BANDWIDTH}{_bandwidth(results)}\n")
    parts += [prose.RUNS, _many(results["runs"]), prose.FACES, _faces(results["faces"]["seconds"])]
    return "\n".join(parts).rstrip() + "\n"
