# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6 · When does the pushy seller win?
#
# *The limits of the argument. About 20 minutes.*
#
# The essays say that the pushy seller loses in the long run. In notebook 3 that was not always so. Here we look for
# the border: in which markets is the pushy seller right?

# %%
import pandas as pd

from experiments import course
from experiments.arms import HERD, SHARED, SINGLETON, Arm, crossed, markets, values
from experiments.charts import figure_map
from experiments.contrasts import AT_END, at_point, at_points, grid, only_shared, with_dial
from experiments.course import SMALL
from experiments.plan import Plan
from experiments.runner import run_plan
from experiments.statistics import paired
from sim import STRATEGIES

SEEDS = 6  # for a first look: the fewest that can tell a sign; for real numbers set SEEDS = 40
WORKERS = 1  # None uses all cores of this machine

# %% [markdown]
# ## Your bet
#
# Four things may protect the customer: she *remembers*, she *talks*, she *comes back*, and there is *time*. Switch off one
# of them at a time. Which one helps the pushy seller most, when herds of both kinds compete for the same customers?

# %%
CHOICES = ["memory", "talk", "coming back", "time"]
my_bet = None  # one of the four

# %% [markdown]
# ## Switch off one thing at a time
#
# A small market (20 sellers, 2,000 customers) that collaborative and adversarial singletons and herds share. A positive
# number: the collaborative ones make more profit per salesperson-year.

# %%
CONDUCTS = ("collaborative", "adversarial")
ARMS = crossed(CONDUCTS)
OFF = {
    "nothing": {},
    "memory": {"trust.memory": False},
    "talk": {"word_of_mouth.gossip": 0.0, "choice.ask_around": 0.0},
    # Eight times as many customers, who need something an eighth as often: as much to do in all.
    "coming back": {"customers.rate": 0.25 / 8, "customers.count": 8 * SMALL.customers.count},
    "time": {"months": 12},
}  # fmt: skip


def play(scenarios):
    """Return what everybody made by the end of the runs."""
    plan = Plan(scenarios, tuple(range(SEEDS)), (AT_END,))
    return run_plan(plan, workers=WORKERS, progress=False).tables["horizons"]


def leads(changes):
    """Return collaborative − adversarial in the shared market of a changed scenario."""
    table = play({SHARED: markets(SMALL.but(changes), ARMS)[SHARED]})
    return {
        kind: paired(*(values(table, SHARED, Arm(c, kind), "profit") for c in CONDUCTS), unit="money")
        for kind in (SINGLETON, HERD)
    }


found = {name: leads(changes) for name, changes in OFF.items()}
pd.DataFrame(found).T.rename_axis("switched off").map(str)

# %%
in_herds = pd.Series({name: found[name][HERD].value for name in CHOICES})
print(course.settle(my_bet, in_herds.idxmin(), CHOICES))

# %% [markdown]
# ## The border: memory × talk
#
# How much of old experience is left after a new one (`trust.forgetting`), and how often customers tell
# (`word_of_mouth.gossip`). Dark: the collaborative seller is ahead. Light: the pushy one.

# %%
MEMORY, TALK = "trust.forgetting", "word_of_mouth.gossip"
dials = {MEMORY: [0.0, 0.5, 0.9], TALK: [0.0, 0.3, 0.9]}
points = at_points(play(only_shared(grid(SMALL, dials, ARMS))))

# %%
course.picture(
    figure_map, points, TALK, MEMORY, ARMS[0], ARMS[2], "profit", what="profit", where="shared market"
)

# %%
course.picture(
    figure_map, points, TALK, MEMORY, ARMS[1], ARMS[3], "profit", what="profit", where="shared market"
)

# %% [markdown]
# As thresholds, with memory at its default of 0.9:

# %%
for kind in (SINGLETON, HERD):
    lead = course.along(at_point(points, {MEMORY: 0.9}), TALK, *(Arm(c, kind) for c in CONDUCTS))
    print(f"{kind}s:", course.threshold(lead, "gossip", *CONDUCTS))

# %% [markdown]
# ## The border: how busy sellers are
#
# An hour spent on listening is an hour not spent on the next customer. So count customers: 25 to 200 for each
# salesperson (100 so far).

# %%
BUSY = "customers per seller"
points = at_points(play(only_shared(grid(SMALL, {"customers.count": [500, 1000, 2000, 4000]}, ARMS))))
points = points.assign(**{BUSY: points["customers.count"] / SMALL.sellers})
for kind in (SINGLETON, HERD):
    lead = course.along(points, BUSY, *(Arm(c, kind) for c in CONDUCTS))
    print(f"{kind}s:", course.threshold(lead, BUSY, *CONDUCTS))

# %% [markdown]
# ## So when does the pushy seller win?
#
# Read the thresholds above, and write your answer in one sentence of the form "the pushy seller wins where …". Each
# "where" is one of: nobody remembers, nobody talks, customers come once, time is short, sellers are swamped, sellers are
# alone. Which of them does the model *not* bear out?

# %% [markdown]
# ## Exercises
#
# 1. The quitter: collaborative for a career, adversarial in the last year (`quitter` in the library). Does the last year
#    pay? Set herds of quitters against collaborative herds.
# 2. Take the adversarial seller's `overpromise` away, and nothing else. Is it the pushing or the promising that earns?

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
ours, theirs = Arm("quitter", HERD), Arm("collaborative", HERD)
table = play({SHARED: markets(SMALL, [ours, theirs])[SHARED]})
lead = paired(*(values(table, SHARED, arm, "profit") for arm in (ours, theirs)), unit="money")
print(f"Quitters less collaborators: {lead}. Ahead: {course.ahead(lead, 'quitters', 'collaborators')}.")

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
pushy = STRATEGIES["adversarial"]
honest = with_dial(pushy, "overpromise", 0.0)
table = play({SHARED: markets(SMALL, [Arm(honest, SINGLETON), Arm(pushy, SINGLETON)])[SHARED]})
lead = paired(*(values(table, SHARED, Arm(s, SINGLETON), "profit") for s in (honest, pushy)), unit="money")
print(f"Pushy without over-promising less adversarial: {lead}.")

# %% [markdown]
# ## What this leaves out
#
# * Only two ways of selling meet here. The next notebook lets many compete, and yours.
# * The dials are turned one or two at a time; what happens when three move together is not shown.
#   `longgame run frontier` draws larger maps, with more seeds.
# * "Wins" means profit. What customers gain or lose by it is not counted here.
# * The law, regulators and reviews by strangers are not in the model: talk goes from friend to friend.
#
# Next: [7 · Your own strategy](07-your-strategy.ipynb)
