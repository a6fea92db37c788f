"""A small lesson page for tests: eight settings of the dials, few customers, three years."""

from experiments.cli import main
from sim import Scenario

#: Two levels a dial, since the market's own value is one of the ends.
OWN = {"trust.forgetting": 0.5, "word_of_mouth.gossip": 0.6, "customers.rate": 0.5, "customers.count": 240}
MONTHS, SEEDS = 36, 6
SMALL = Scenario(months=MONTHS).but(OWN)


def make(folder):
    """Make the page by the command; return its path."""
    out = folder / "lesson.html"
    own = [word for path, value in OWN.items() for word in ("--set", f"{path}={value}")]
    code = main([
        "lesson", *own, "--months", str(MONTHS), "--seeds", str(SEEDS), "--workers", "1",
        "--store", str(folder / "runs.sqlite"), "--out", str(out),
    ])  # fmt: skip
    assert code == 0
    return out
