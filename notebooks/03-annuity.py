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
# # 3 · Annuity and transactions
#
# *Ten years of profit, month by month. About 20 minutes.*
#
# A client who comes back is an income for years: an annuity. A customer who was pushed is a sale: a transaction.
# Which earns the seller more, and from when on?

# %%
from longgame.vocabulary import *

SEEDS = 6  # for a first look: the fewest that can tell who is ahead; for real numbers set SEEDS = 40
WORKERS = 1  # None uses all cores of this machine

# %% [markdown]
# ## Your bet
#
# Forty salespeople, each alone, and 4,000 customers who remember and talk. In one market all sell the collaborative
# way, in another all sell the adversarial way. Same customers, same needs, same luck.
#
# Who has made more profit after one year? After ten? From which month on is the collaborative seller ahead for good?

# %%
CHOICES = ["collaborative", "adversarial"]
my_bet_after_1_year = None  # "collaborative" or "adversarial"
my_bet_after_10_years = None  # "collaborative" or "adversarial"
my_bet_month = None  # a number of months
for bet in (my_bet_after_1_year, my_bet_after_10_years):
    course.bet(bet, CHOICES)
course.bet(my_bet_month)

# %% [markdown]
# ## The runs
#
# A *plan* is markets × seeds × measures. Each seed is one history of the same market; arms with the same seed share
# their luck. `markets` makes the market of each arm, and one in which all compete: singletons and, for later, herds
# (firms of five that work together).

# %%
ARMS = crossed(CHOICES)
ALONE = [(Arm("collaborative", SINGLETON), Arm("adversarial", SINGLETON))]
wanted = [SHARED, *(arm.name for arm in ALONE[0])]
plan = Plan(markets(Scenario(), ARMS), tuple(range(SEEDS)), (HORIZONS, PATHS)).only(wanted)
tables = run_plan(plan, workers=WORKERS, progress=False).tables
print(f"{len(plan)} runs: {', '.join(plan.markets)}")

# %% [markdown]
# ## The reveal: each way of selling in a market of its own


# %%
def gap(months, market):
    """Return collaborative − adversarial in profit per salesperson-year."""
    (found,) = effects(tables, ALONE, "profit", months, unit=PROFIT_UNIT, kinds={market: market})
    return found


for bet, months in ((my_bet_after_1_year, 12), (my_bet_after_10_years, 120)):
    found = gap(months, SEPARATE)
    print(f"After {years(months)}: {found}. Ahead:", course.settle(bet, course.ahead(found, *CHOICES)))

# %% [markdown]
# (A positive number: the collaborative sellers made more. The interval says how far the runs can tell; where it holds
# 0, they cannot tell who is ahead. n is the number of runs.)

# %%
paths = tables["paths"]
own = paths[paths["setting"] == SEPARATE]
months = [m for m in crossovers(own, *ALONE[0]) if m is not None]
print("Collaborative sellers:", say_crossover(crossovers(own, *ALONE[0])))
print("Month:", course.settle(my_bet_month, int(pd.Series(months).median()) if months else None))
end = own[own["month"] == own["month"].max()].groupby("group")["profit"].mean()
for arm in ALONE[0]:
    print(f"Made by the end, {named(arm)}: {number(end[arm.name])} each.")

# %%
course.picture(figure_cumulative_profit, own, ALONE, "own markets")

# %% [markdown]
# Whoever looks after one year sees something else than whoever looks after ten. Move the slider to the month in which
# you would have judged.

# %%
so_far = own.pivot_table(index="month", columns="group", values="profit")[[arm.name for arm in ALONE[0]]]
so_far.columns = CHOICES


def judged(month):
    """Draw what both have made, as seen in a month."""
    lead = so_far.loc[month, "collaborative"] - so_far.loc[month, "adversarial"]
    return course.picture(
        course.figure_lines,
        so_far,
        x="month",
        y="profit so far, per salesperson",
        finding=f"After {years(month)} collaborative sellers are {number(abs(lead))} {'ahead' if lead > 0 else 'behind'}",
        note=f"Means of {SEEDS} runs, each side in a market of its own.",
        at=month,
    )


slider = course.slider("months", list(range(12, 121, 12)), judged)

# %% [markdown]
# Below 0, both have earned less than they cost: a wage is 12,000 a year, and singletons of either kind do not earn
# theirs here. Who is ahead is what the model is for; amounts hang on wages and prices that are assumed. So read the
# right panel, the difference.

# %% [markdown]
# ## Change one thing: put them into the same market
#
# The same ways of selling, but now all four kinds (singletons and herds of both) compete for the same customers.

# %%
print(f"Singletons in a market of their own, over 10 years: {gap(120, SEPARATE)}")
print(f"Singletons in a shared market, over 10 years:       {gap(120, SHARED)}")

# %%
together = paths[paths["setting"] == SHARED]
course.picture(figure_cumulative_profit, together, ALONE, "shared market")

# %% [markdown]
# Is it still true that clients as an annuity pay? If the lead has changed sides, the claim needs a condition. What
# else differs, in the shared market? The annuity is the part of revenue that is repeat business.

# %%
last = tables["horizons"][tables["horizons"]["months"] == 120]
shown = (
    last[(last["market"] == SHARED)]
    .groupby("group", sort=False)[["profit", "annuity_share", "turned_away", "client_trust"]]
    .mean()
)
shown.index = shown.index.map({arm.name: named(arm) for arm in ARMS})
shown.columns = ["profit a year", "annuity", "visitors turned away", "clients' trust"]
shown.round(2)

# %% [markdown]
# ## Where the money comes from
#
# The same runs of the shared market. Solid: revenue from customers who had bought before, the annuity. Hatched: first
# deals, the transactions. (Small dips: at a year's end, firms let people go who do not pay their way, and newcomers
# know nobody.)

# %%
course.picture(figure_revenue_areas, together, ARMS, "shared market")

# %% [markdown]
# ## A threshold: how long clients stay
#
# An annuity needs clients who stay. Turn one dial: `customers.churn`, the share of customers who leave the market for
# good each month (0.01 so far). In a shared market of half the size, for the herds: there the collaborative sellers
# have a lead to lose.

# %%
CHURN = "customers.churn"
HERDS = (Arm("collaborative", HERD), Arm("adversarial", HERD))
there = grid(SMALL, {CHURN: [0.0, 0.01, 0.03, 0.1]}, HERDS).where(setting=SHARED)
plan = Plan(there, tuple(range(SEEDS)), (AT_END,))
points = run_plan(plan, workers=WORKERS, progress=False).tables["horizons"]
print(course.threshold(course.along(points, CHURN, *HERDS), "churn", "collaborative", "adversarial"))

# %%
course.picture(figure_grid, points, CHURN, HERDS, "profit", what="profit", where="shared market")

# %% [markdown]
# ## Exercises
#
# 1. Back to singletons in markets of their own: at which of the horizons 1, 2, 5 and 10 years is it first clear who is
#    ahead? And in the shared market?
# 2. Let customers need something twice as often (`customers.rate` 0.5 instead of 0.25). Does the crossover of
#    singletons in markets of their own come earlier? Guess first.

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
for market in (SEPARATE, SHARED):
    for months in (12, 24, 60, 120):
        print(f"{market}, {years(months)}: {course.ahead(gap(months, market), *CHOICES)}")

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
ours, theirs = ALONE[0]
busier = Plan(markets(Scenario().but({"customers.rate": 0.5}), ARMS), tuple(range(SEEDS)), (HORIZONS, PATHS))
busier = run_plan(busier.only([ours.name, theirs.name]), workers=WORKERS, progress=False).tables
for rate, found in ((0.25, tables), (0.5, busier)):
    alone = {name: table.query("setting == @SEPARATE") for name, table in found.items()}
    at_the_end = alone["horizons"][alone["horizons"]["months"] == 120]
    away = at_the_end.set_index("group")["turned_away"][ours.name].mean()
    when = say_crossover(crossovers(alone["paths"], ours, theirs))
    print(f"Rate {rate}: collaborative sellers {when}; they turn away {away:.0%} of their visitors.")

# %% [markdown]
# ## What this leaves out
#
# * Prices are part of a way of selling. In the shared market nobody reacts to what the others charge.
# * Who loses money stays in business: firms have no credit limit, and people who are let go are replaced.
# * Nobody is called or visited: a salesperson's own effort to win a client back is not in the model.
# * How much hangs on assumptions stands in [what came out](../docs/results.md); notebook 6 turns some of them.
#
# Next: does it help not to be alone? [4 · The herd and the singleton](04-herd.ipynb)
