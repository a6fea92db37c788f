"""Mutation check: break each rule in turn and see that some test notices.

``python -m tests.mutants`` (or ``make mutants``) copies the sources, breaks one rule at a time, and runs the
tests named beside it, which must fail. A mutant that survives is a rule that no test guards.
`tests/test_mutants.py` keeps this list in step with the sources.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]


class Mutant(NamedTuple):
    """One broken rule: what is replaced by what in which file, and the tests that must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: str


_RULES, _TRUST = "tests/sim/test_rules.py", "tests/sim/test_trust.py"
_HERD, _INVARIANTS = "tests/sim/test_organisation.py", "tests/sim/test_invariants.py"

MUTANTS: tuple[Mutant, ...] = (
    Mutant("bad evidence counts like good", "trust.py", "share * weight * p.negativity * (1.0 - x)",
           "share * weight * (1.0 - x)", _TRUST),
    Mutant("nothing is forgotten", "trust.py", "fade = 1.0 - (1.0 - p.forgetting) * weight", "fade = 1.0", _TRUST),
    Mutant("hearsay fades old evidence like own experience", "trust.py",
           "fade = 1.0 - (1.0 - p.forgetting) * weight", "fade = p.forgetting", _TRUST),
    Mutant("the prior does not count", "trust.py", "return (evidence.good + weight * prior) /",
           "return evidence.good /", _TRUST),
    Mutant("the firm learns as much as the person", "trust.py", "weight, p.brand_share, p)", "weight, 1.0, p)", _TRUST),
    Mutant("brand trust has no general prior", "trust.py", "return trust_in(brands[k], general, p.brand_weight)",
           "return trust_in(brands[k], p.prior, p.brand_weight)", _TRUST),
    Mutant("predecessors are remembered as successors", "trust.py",
           "if memories[k].seller == seller and memories[k].last >= salespeople[seller].hired:",
           "if memories[k].seller == seller:", _TRUST),
    Mutant("the strongest memory goes", "trust.py", "return strength < others or", "return strength > others or", _TRUST),
    Mutant("betrayal is a gain", "stages/approach.py", "+ (1.0 - trust) * worst - price",
           "- (1.0 - trust) * worst - price", _RULES),
    Mutant("price attracts", "stages/approach.py", "* worst - price + p.habit_weight * habit",
           "* worst + price + p.habit_weight * habit", _RULES),
    Mutant("habit does not count", "stages/approach.py", "- price + p.habit_weight * habit", "- price", _RULES),
    Mutant("the logit is upside down", "stages/approach.py", "math.exp((candidates[k].surplus - top) / temperature)",
           "math.exp((top - candidates[k].surplus) / temperature)", _RULES),
    Mutant("the way round the circle does not exist", "stages/conversation.py", "    d = min(d, 1.0 - d)\n", "", _RULES),
    Mutant("what is remembered saves no effort", "stages/conversation.py",
           "return 1.0 - (1.0 - conduct.discovery * skill) * (1.0 - knowledge * conduct.remember)",
           "return conduct.discovery * skill", _RULES),
    Mutant("leads are passed to the worst colleague", "stages/conversation.py",
           "            merit = worth(state, visit, colleague)\n",
           "            merit = most + 1.0 - worth(state, visit, colleague)\n", _HERD),
    Mutant("a shared memory is not shared", "stages/conversation.py",
           "if not state.firms[person.firm].shares_memory:", "if True:", _HERD),
    Mutant("overflow is never covered", "stages/conversation.py",
           "visit.outcome = OVERFLOW if firm.shares_attention else TURNED_AWAY", "visit.outcome = TURNED_AWAY", _HERD),
    Mutant("attention is not used up", "stages/conversation.py", "state.salespeople[s].attention -= minutes",
           "state.salespeople[s].attention -= 0", _INVARIANTS),
    Mutant("claims are modest", "stages/decision.py", "return estimate + overpromise * (1.0 - estimate)",
           "return estimate - overpromise * (1.0 - estimate)", _RULES),
    Mutant("a dearer price than expected attracts", "stages/decision.py",
           "p.reference_weight * (expected_price - price)", "p.reference_weight * (price - expected_price)", _RULES),
    Mutant("a distrusted claim is believed", "stages/decision.py",
           "believed = trust * claimed + (1.0 - trust) * fallback", "believed = claimed", _RULES),
    Mutant("a failure that is mended costs nothing", "stages/delivery.py",
           "return delivered * (1.0 - p.hassle)", "return delivered * (1.0 + p.hassle)", _RULES),
    Mutant("silent customers are helped too", "stages/delivery.py", "    elif voiced:\n", "    elif True:\n", _RULES),
    Mutant("pressure brings no remorse", "stages/delivery.py", "(1.0 + p.pressure_remorse * conduct.pressure)",
           "1.0", _RULES),
    Mutant("whoever wins is swapped", "stages/delivery.py", "    if seller_wins:\n        return WIN_LOSE\n",
           "    if seller_wins:\n        return LOSE_WIN\n", _RULES),
    Mutant("the team has no limit", "stages/delivery.py", "            end = first + capacity\n", "", _HERD),
    Mutant("a refund buys loyalty", "stages/memory.py", "price = visit.price / max(visit.stake, 1)",
           "price = (visit.price - visit.refund) / max(visit.stake, 1)", _RULES),
    Mutant("disappointment does not count", "stages/memory.py",
           "p.claim_weight * (visit.delivered - visit.claim)", "0.0 * visit.claim", _RULES),
    Mutant("an honest no is bad evidence", "stages/memory.py", "visit.x, visit.weight = 1.0, p.honesty",
           "visit.x, visit.weight = 0.0, p.honesty", _RULES),
    Mutant("habit never fades", "stages/memory.py", "memories[k].habit *= 1.0 - p.habit_rate",
           "memories[k].habit *= 1.0", "tests/sim/test_theory.py"),
    Mutant("good news travels like bad", "stages/word_of_mouth.py", "(p.bad_ratio if x < 0.5 else 1.0)", "1.0", _RULES),
    Mutant("the witness is believed fully", "stages/word_of_mouth.py", "p.witness * visit.weight", "visit.weight",
           "tests/sim/test_word_of_mouth.py"),
    Mutant("refunds cost nothing", "stages/books.py", "tally.revenue - tally.refunds", "tally.revenue", _INVARIANTS),
    Mutant("the passer of a lead is paid by magic", "stages/books.py",
           "state.salespeople[visit.seller].pay += earned - passed", "state.salespeople[visit.seller].pay += earned",
           _INVARIANTS),
    Mutant("newcomers keep their predecessor's clients", "stages/staffing.py",
           "            firm.founded = month + 1\n", "", _HERD),
    Mutant("the poorer are copied", "stages/staffing.py", "math.exp(-p.selection * gap)", "math.exp(p.selection * gap)",
           _HERD),
    Mutant("pay is compared without regard to tenure", "stages/staffing.py",
           "return total(state.recent_pay, s) / min(at_work, state.recent_pay.shape[1])",
           "return total(state.recent_pay, s) / state.recent_pay.shape[1]", _HERD),
    Mutant("needs come twice as often", "stages/need.py", "return -math.expm1(-expected)",
           "return -math.expm1(-2.0 * expected)", _RULES),
    Mutant("one purpose serves two", "chance.py", "    DELIVERY = 6 ", "    DELIVERY = 5 ", "tests/sim/test_chance.py"),
    Mutant("one round of the cipher is missing", "chance.py", "for _ in range(10):", "for _ in range(9):",
           "tests/sim/test_chance.py"),
)  # fmt: skip


def survives(mutant: Mutant) -> bool:
    """Tell whether the tests named for a mutant pass although the rule is broken."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("sim", "experiments", "tests", "pyproject.toml"):
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, place / name)
        target = place / "sim" / mutant.file
        text = target.read_text(encoding="utf-8")
        assert text.count(mutant.old) == 1, f"{mutant.name}: the rule was not found once in {mutant.file}"
        target.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", mutant.tests],
            cwd=place,
            env={
                **os.environ,
                "PYTHONPATH": str(place),
                "LONGGAME_CACHE": str(place / "cache"),
                "CI": "true",
            },
            capture_output=True,
            text=True,
        )
        return done.returncode != 1


def main() -> int:
    """Try all mutants; return 1 if any survives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("names", nargs="*", help="parts of the names of mutants to try (default: all)")
    arguments = parser.parse_args()
    chosen = [m for m in MUTANTS if not arguments.names or any(n in m.name for n in arguments.names)]
    alive = 0
    with ThreadPoolExecutor(arguments.workers) as pool:
        for mutant, survived in zip(chosen, pool.map(survives, chosen), strict=True):
            alive += survived
            print(f"{'SURVIVED' if survived else 'caught':9} {mutant.name}  ({mutant.tests})", flush=True)
    print(f"{len(chosen) - alive} of {len(chosen)} mutants caught")
    return int(alive > 0)


if __name__ == "__main__":
    sys.exit(main())
