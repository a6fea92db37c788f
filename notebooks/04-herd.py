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
# # 4 · The herd and the singleton
#
# *Conduct × organisation, for the same customers. About 20 minutes.*
#
# A singleton sells alone. A herd shares: it passes a customer to the colleague who fits, knows what any member
# knows of a client, helps out when a member is busy, and has a delivery team for the work after the sale. It pays for
# that: an overhead every month, and the team for every deal.
#
# The argument goes: *the herd outlives the singleton, because its members work together*.

# %%
from longgame.vocabulary import *

SEEDS = 10  # for a first look; for real numbers set SEEDS = 40
FEWER = 6  # for the parts of the herd, which differ more: the fewest that can tell who is ahead
WORKERS = 1  # None uses all cores of this machine

# %% [markdown]
# ## Your bet
#
# Two conducts, each as singletons and in herds of five. All meet the same average customer.
#
# * Which of the four is ahead of the others after one year? After ten?
# * Who gains more by joining a herd: the collaborative or the adversarial seller?

# %%
CONDUCTS = ["collaborative", "adversarial"]
FOUR = ["collaborative singletons", "collaborative herds", "adversarial singletons", "adversarial herds"]
my_bet_after_1_year = None  # one of the four
my_bet_after_10_years = None  # one of the four
my_bet_who_gains_more = None  # "collaborative" or "adversarial"
for bet in (my_bet_after_1_year, my_bet_after_10_years):
    course.bet(bet, FOUR)
course.bet(my_bet_who_gains_more, CONDUCTS)

# %% [markdown]
# ## The runs
#
# All four compete in one market: 40 salespeople, 4,000 customers, ten years.

# %%
ARMS = crossed(CONDUCTS)
shared = markets(Scenario(), ARMS).only([SHARED])
plan = Plan(shared, tuple(range(SEEDS)), (HORIZONS, EXCHANGES))
tables = run_plan(plan, workers=WORKERS, progress=False).tables

# %% [markdown]
# ## The reveal
#
# Profit after all costs, per salesperson and year, in the shared market.

# %%
here = tables["horizons"]
by_seed = here.assign(group=here["group"].map({arm.name: named(arm) for arm in ARMS})).pivot(
    index=["months", "seed"], columns="group", values="profit"
)[FOUR]
for bet, months in ((my_bet_after_1_year, 12), (my_bet_after_10_years, 120)):
    print(f"After {years(months)}:", course.settle(bet, course.in_front(by_seed.loc[months])))
by_seed.groupby("months").mean().T.rename(columns=years).round(0)

# %%
course.picture(figure_herd, here, CONDUCTS, "shared market")

# %% [markdown]
# ## What being in a herd brings
#
# The same conduct: herds less singletons. A positive number supports the herd.


# %%
def gain(conduct, months=120):
    """Return herds − singletons in profit per salesperson-year."""
    pair = [(Arm(conduct, HERD), Arm(conduct, SINGLETON))]
    (found,) = effects(tables, pair, "profit", months, unit=PROFIT_UNIT, kinds={SHARED: "shared market"})
    return found


for conduct in CONDUCTS:
    for months in (12, 120):
        print(f"{conduct}, over {years(months)}: {gain(conduct, months)}")
more = effect_of(
    pd.Series(gain("collaborative").differences) - pd.Series(gain("adversarial").differences), unit=PROFIT_UNIT
)
print(course.settle(my_bet_who_gains_more, course.ahead(more, *CONDUCTS)), f"Difference: {more}.")

# %% [markdown]
# ## How the exchanges end

# %%
course.picture(figure_exchange_shares, tables["exchanges"], "shared market")

# %% [markdown]
# ## Change one thing: take the herd apart
#
# Which part of the herd does it? A market of half the size, collaborative herds alone in it, one part taken away at a
# time.


# %%
def alone(arms):
    """Return profit over ten years of every arm in a market of its own, by seed."""
    plan = Plan(each_alone(SMALL, arms), tuple(range(FEWER)), (AT_END,))
    table = run_plan(plan, workers=WORKERS, progress=False).tables["horizons"]
    return [values(table, SEPARATE, arm, "profit") for arm in arms]


def herd(conduct, label, **changes):
    """Return a herd whose way of working is changed."""
    return Arm(conduct, HERD, label=label, policy=POLICIES["herd"].model_copy(update=changes))


# %%
PARTS = [
    herd("collaborative", "whole"),
    herd("collaborative", "no-passing-on", shares_leads=False),
    herd("collaborative", "no-shared-memory", shares_memory=False),
    herd("collaborative", "no-helping-out", shares_attention=False),
    herd("collaborative", "no-delivery-team", delivery_team=0.0),
    herd("collaborative", "no-overhead", overhead=0.0),
]
whole, *without = alone(PARTS)
for part, profit in zip(PARTS[1:], without, strict=True):
    print(f"{part.label}: {paired(profit, whole, unit=PROFIT_UNIT)}")

# %% [markdown]
# A negative number: without this part the herd makes less. (`no-overhead` takes away a cost, not a help.)

# %% [markdown]
# ## A threshold: what may organisation cost?
#
# For working together each member costs an overhead of 0.15 wages. Up to which overhead are herds still ahead of
# singletons, each in a market of their own?

# %%
OVERHEADS = [0.15, 0.6, 1.2]
leads = {}
for conduct in CONDUCTS:
    arms = [herd(conduct, f"overhead-{100 * x:.0f}", overhead=x) for x in OVERHEADS]
    singletons, *herds = alone([Arm(conduct, SINGLETON), *arms])
    lead = {x: paired(ours, singletons, unit=PROFIT_UNIT) for x, ours in zip(OVERHEADS, herds, strict=True)}
    leads[conduct] = pd.Series({x: effect.value for x, effect in lead.items()})
    print(f"{conduct}:", course.threshold(lead, "overhead", "herds", "singletons"))

# %% [markdown]
# Move the slider to what you think your own organisation costs, in wages.

# %%
leads = pd.DataFrame(leads)


def paid(overhead):
    """Draw the lead of herds over what working together costs, with a mark at one cost."""
    said = [f"{conduct} {number(leads.loc[overhead, conduct])}" for conduct in CONDUCTS]
    return course.picture(
        course.figure_lines,
        leads,
        x="overhead of each member, in wages",
        y="herds less singletons, money a year",
        finding=f"At an overhead of {overhead:g} wages herds lead by: {', '.join(said)}",
        note=f"Means of {FEWER} runs, each in a market of its own.",
        at=overhead,
    )


slider = course.slider("overhead", OVERHEADS, paid)

# %% [markdown]
# ## Exercises
#
# 1. A herd of two, of five, of ten: does size help? (Firms of 2 and 10 in a market of 20 sellers.)
# 2. So far each member of a herd is paid for their own deals. Pay by the team's success instead (a policy with
#    `pay=Pay(closings=0, team=1)`). What changes in profit?

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
sizes = {5: whole}
for size in (2, 10):
    group = Firms(name="herd", count=20 // size, strategies={"collaborative": size}, policy="herd")
    plan = Plan({"herd": SMALL.but(firms=[group.model_dump()])}, tuple(range(FEWER)), (AT_END,))
    made = run_plan(plan, workers=WORKERS, progress=False).tables["horizons"]
    sizes[size] = made.set_index("seed")["profit"]
for size in (2, 5, 10):
    print(f"Herds of {size:>2}, profit per salesperson-year: {effect_of(sizes[size], unit='')}")

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
team = herd("collaborative", "team-pay", pay=Pay(closings=0.0, team=1.0))
(profit,) = alone([team])
print(f"Paid by the team's success, less paid by closings: {paired(profit, whole, unit=PROFIT_UNIT)}")

# %% [markdown]
# <details><summary>Why not more, in exercise 2?</summary>
#
# Salespeople here sell by fixed dials. Pay changes who is let go, who copies whom and what firms pay; it does not
# motivate anybody. What a pay scheme makes people *do* is not in this model.
# </details>

# %% [markdown]
# ## What this leaves out
#
# * Nobody in a herd is lazy: the argument against teams, that members live off each other, is not here.
# * The herd is given, with members who share without being paid for it. How it comes about is not asked.
# * What a herd's parts cost and bring is assumed (team 2 % of the stake per deal, a failure solved in 90 %).
# * A herd of like people is one thing. One bad apple in it is another: `longgame run bad-apple`.
#
# Next: single deals and what follows. [5 · Win/lose, lose/win, no deal](05-win-lose.ipynb)
