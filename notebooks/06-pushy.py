# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
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
from longgame.vocabulary import *

SEEDS = 6  # for a first look: the fewest that can tell a sign; for real numbers set SEEDS = 40
WORKERS = 1  # None uses all cores of this machine

# %% [markdown]
# ## Your bet
#
# Four things may protect the customer: she *remembers*, she *talks*, she *comes back*, and there is *time*. Switch off one
# of them at a time. Which one helps the pushy seller most, when herds of both kinds compete for the same customers?
# That is: without which of them is the collaborative herds' lead smallest, or their arrears largest?

# %%
CHOICES = ["memory", "talk", "coming back", "time"]
my_bet = None  # one of the four
course.bet(my_bet, CHOICES)

# %% [markdown]
# ## Switch off one thing at a time
#
# A small market (20 sellers, 2,000 customers) that collaborative and adversarial singletons and herds share. A positive
# number: the collaborative ones make more, in money per salesperson-year; its 95 % interval in brackets.

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
}


KEPT = ResultStore()  # in memory: a market that was run already is not run again


def play(scenarios):
    """Return what everybody made by the end of the runs."""
    plan = Plan(scenarios, tuple(range(SEEDS)), (AT_END,))
    return run_plan(plan, store=KEPT, workers=WORKERS, progress=False).tables["horizons"]


def leads(changes):
    """Return collaborative − adversarial in the shared market of a changed scenario."""
    table = play(markets(SMALL.but(changes), ARMS).where(setting=SHARED))
    return {
        kind: paired(*(values(table, SHARED, Arm(c, kind), "profit") for c in CONDUCTS), unit="money")
        for kind in (SINGLETON, HERD)
    }


found = {name: leads(changes) for name, changes in OFF.items()}
pd.DataFrame(found).T.rename_axis("switched off").map(course.short)

# %%
pushy_lead = pd.DataFrame({name: -pd.Series(found[name][HERD].differences) for name in CHOICES})
print(course.settle(my_bet, course.in_front(pushy_lead)))

# %% [markdown]
# ## The border: memory × talk
#
# `trust.forgetting` says how much of the old record is left after a new deal: from 0, where only the last deal counts,
# to 0.9. `word_of_mouth.gossip` is the probability that a customer tells a contact: from 0 to 0.9. Dark: the
# collaborative seller is ahead. Light: the pushy one. First singletons, then herds.

# %%
MEMORY, TALK = "trust.forgetting", "word_of_mouth.gossip"
dials = {MEMORY: [0.0, 0.5, 0.9], TALK: [0.0, 0.3, 0.9]}
points = play(grid(SMALL, dials, ARMS).where(setting=SHARED))

# %%
course.picture(figure_map, points, TALK, MEMORY, ARMS[0], ARMS[2], "profit", what="profit", where="shared market")

# %%
course.picture(figure_map, points, TALK, MEMORY, ARMS[1], ARMS[3], "profit", what="profit", where="shared market")

# %% [markdown]
# The same as lines. Move the slider from a market that forgets to one that remembers.

# %%
ONLY = {
    level: pd.DataFrame(
        {
            f"{kind}s": {
                talk: effect.value
                for talk, effect in course.along(
                    points[points[MEMORY] == level], TALK, *(Arm(c, kind) for c in CONDUCTS)
                ).items()
            }
            for kind in (SINGLETON, HERD)
        }
    )
    for level in dials[MEMORY]
}


def remembered(level):
    """Draw the collaborative lead over talk, where the record is kept to a degree."""
    lead = ONLY[level]
    ahead = ", ".join(f"{kind} {number(lead[kind].iloc[-1])}" for kind in lead)
    return course.picture(
        course.figure_lines,
        lead,
        x="gossip: chance that a customer tells a contact",
        y="collaborative lead, money a year",
        finding=f"With a memory of {level:g} and most talk, collaborative sellers lead by: {ahead}",
        note=f"Means of {SEEDS} runs of the shared market.",
        limits=(min(t.min().min() for t in ONLY.values()) - 500, max(t.max().max() for t in ONLY.values()) + 500),
    )


slider = course.slider("memory", dials[MEMORY], remembered)

# %% [markdown]
# As thresholds. First along the upper edge of the maps: a long memory, more and more talk. Then along the left edge:
# no talk, a longer and longer memory.

# %%
for edge, dial, name in (({MEMORY: 0.9}, TALK, "gossip"), ({TALK: 0.0}, MEMORY, "memory")):
    for kind in (SINGLETON, HERD):
        lead = course.along(points[chosen(points, edge)], dial, *(Arm(c, kind) for c in CONDUCTS))
        print(f"{kind}s:", course.threshold(lead, name, *CONDUCTS))

# %% [markdown]
# ## The border: how busy sellers are
#
# An hour spent on listening is an hour not spent on the next customer. So count customers: 25 to 200 for each
# salesperson (100 so far).

# %%
BUSY = "customers per seller"
points = play(grid(SMALL, {"customers.count": [500, 1000, 2000, 4000]}, ARMS).where(setting=SHARED))
points = points.assign(**{BUSY: points["customers.count"] / SMALL.sellers})
for kind in (SINGLETON, HERD):
    lead = course.along(points, BUSY, *(Arm(c, kind) for c in CONDUCTS))
    print(f"{kind}s:", course.threshold(lead, BUSY, *CONDUCTS))

# %% [markdown]
# ## So when does the pushy seller win?
#
# Read the thresholds above, and write your answer in one sentence of the form "the pushy seller wins where …". Each
# "where" is one of: nobody remembers, nobody talks, customers come once, time is short, sellers are swamped, sellers are
# alone. Which of them does the model *not* bear out? Then unfold the next cell.

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
where = {
    "nobody remembers": found["memory"][HERD],
    "nobody talks": found["talk"][HERD],
    "customers come once": found["coming back"][HERD],
    "time is short": found["time"][HERD],
    "sellers are swamped": list(lead.values())[-1],
    "sellers are alone": found["nothing"][SINGLETON],
}
# Herds everywhere but in the last line.
for words, effect in where.items():
    says = {-1: "the pushy seller wins", 1: "the pushy seller does NOT win"}.get(effect.sign or 0, "not clear")
    print(f"Where {words}: {says}.")

# %% [markdown]
# ## Exercises
#
# 1. The quitter: collaborative for a career, adversarial in the last year (`quitter` in the library). Does the last year
#    pay? Set herds of quitters against collaborative herds.
# 2. Take the adversarial seller's `overpromise` away, and nothing else; then the `pressure`, and nothing else. Is it
#    the pushing or the promising that earns? (Singletons, all three in one market.)

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
ours, theirs = Arm("quitter", HERD), Arm("collaborative", HERD)
table = play(markets(SMALL, [ours, theirs]).where(setting=SHARED))
lead = paired(*(values(table, SHARED, arm, "profit") for arm in (ours, theirs)), unit="money")
print(f"Quitters less collaborators: {lead}. Ahead: {course.ahead(lead, 'quitters', 'collaborators')}.")

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
pushy = STRATEGIES["adversarial"]
three = [Arm(s, SINGLETON) for s in (pushy, *(with_dial(pushy, d, 0.0) for d in ("overpromise", "pressure")))]
table = play(markets(SMALL, three).where(setting=SHARED))
whole, honest, patient = (values(table, SHARED, arm, "profit") for arm in three)
print(f"Without over-promising less adversarial: {paired(honest, whole, unit='money')}.")
print(f"Without pressure less adversarial: {paired(patient, whole, unit='money')}.")

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
