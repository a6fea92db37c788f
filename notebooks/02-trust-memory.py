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
# # 2 · Trust memory
#
# *Slow to build, quick to lose? About 15 minutes.*
#
# In the first notebook she met the seller once. Now she comes back every month, and remembers.

# %%
from longgame.vocabulary import *

# %% [markdown]
# ## Your bet
#
# A salesperson treats a customer well for two years: 24 honest deals. Then, once, he promises too much, pushes and
# overcharges. After that he is honest again.
#
# How many honest deals does it take until she trusts him as before?

# %%
my_bet = None  # a number of deals
course.bet(my_bet)

# %% [markdown]
# ## How the customer remembers
#
# Every deal leaves an *experience* between 0 (bad) and 1 (good). She keeps two sums for the salesperson: good
# experience and bad experience.
#
# > trust = (good + 2 × trust in the firm) ÷ (good + bad + 2)
#
# A bad experience counts twice (`negativity`). With every new experience, a tenth of the old sums fades
# (`forgetting` keeps 0.9). With no record at all she falls back on what she thinks of the firm, and with that
# unknown on what she thinks of salespeople in general: 50 %.

# %%
HONEST = STRATEGIES["collaborative"].with_prospects
BETRAYAL = HONEST.but(overpromise=1.0, pressure=1.0, markup=1.0)

# One customer and one salesperson; a deal every month, and no luck in what is delivered.
SCENARIO = Scenario(months=60, firms=[Firms(name="you", strategies={"collaborative": 1})]).but(
    {
        "customers.count": 1,
        "customers.rate": 50.0,
        "customers.drift": 0.0,
        "customers.churn": 0.0,
        "choice.nobody": False,
        "choice.decides": False,
        "offer.quality_noise": 0.0,
        "service.issue": 0.0,
        "staffing.turnover": 0.0,
        "staffing.dismissal": 0.0,
    }
)


def history(betrayed_in=(), customer=13, betrayal=BETRAYAL, **changes):
    """Return her trust, in percent, after 0, 1, 2, … deals, and her experience of the last one."""

    class You(Salesperson):
        def conduct(self, customer):
            return betrayal if self.month in betrayed_in else HONEST

    scenario = SCENARIO.but({name.replace("__", "."): value for name, value in changes.items()})
    market = Market(scenario, rng=customer, classes={"you": You})
    meetings = []
    for _ in range(scenario.months):
        market.run_for(1)
        meetings.append(market.meetings().iloc[0])
    # Trust before a deal is trust after the one before it.
    return pd.DataFrame(
        {
            "trust": [100 * meeting["trust"] for meeting in meetings],
            "experience": [None, *(meeting["experience"] for meeting in meetings[:-1])],
        }
    ).rename_axis("deals")


# %% [markdown]
# ## Slow to build?
#
# First without any betrayal.

# %%
never = history()
print(f"Her experience of an honest deal: {never['experience'][1]:.2f} of 1.")
print(
    "Trust before the first deal is 50 %. After 1, 3, 6, 12 and 24 honest deals: "
    + ", ".join(f"{never['trust'][n]:.0f}" for n in (1, 3, 6, 12, 24))
    + " %."
)

# %% [markdown]
# ## Quick to lose?
#
# Now one betrayal, as deal number 25. "As before" shall mean: within one point of the trust before it.

# %%
once = history(betrayed_in={25})


def cost(deals, at=25):
    """Return the points of trust lost by deal `at`, and the honest deals until she trusts as before."""
    trust = deals["trust"]
    back = trust[at + 1 :][trust[at + 1 :] >= trust[at - 1] - 1]
    return trust[at - 1] - trust[at], int(back.index[0]) - at if len(back) else None


lost, to_regain = cost(once)
as_low = int((never["trust"] >= once["trust"][25]).idxmax())
print(f"Her experience of the betrayal: {once['experience'][25]:.2f} of 1. It costs {lost:.0f} points of trust.")
print(f"She now trusts as she did after {as_low} honest deals.")
print(course.settle(my_bet, to_regain))

# %%
mended = f"{to_regain} honest deals mend it" if to_regain else "no number of honest deals here mends it"
course.picture(
    course.figure_lines,
    pd.DataFrame({"never betrayed": never["trust"], "betrayed once": once["trust"]}),
    x="deals",
    y="trust in the seller (%)",
    limits=(0, 100),
    finding=f"One betrayal costs {lost:.0f} points of trust; {mended}",
    note="One customer, one seller, a deal every month, no luck; sim.Market.",
)

# %% [markdown]
# ## Change one thing: what hurts
#
# The betrayal was three things at once. Take them one at a time, each turned up to 1 in deal 25.

# %%
DIALS = ("overpromise", "pressure", "markup")
one_each = {dial: history({25}, betrayal=HONEST.but(**{dial: 1.0}), months=27) for dial in DIALS}
pd.DataFrame(
    {
        "her experience": {dial: deals["experience"][25] for dial, deals in one_each.items()},
        "points of trust lost": {dial: cost(deals)[0] for dial, deals in one_each.items()},
    }
).round(2)

# %% [markdown]
# The product fits this customer, so even the promise of a perfect one is nearly kept: look at what it costs alone.
#
# **A threshold.** Trust falls if a deal is worse than her record. So: from which pressure on does one deal cost trust?

# %%
LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
losses = {x: cost(history({25}, betrayal=HONEST.but(pressure=x), months=27))[0] for x in LEVELS}
costs_a_point = next((x for x, points in losses.items() if points >= 1), None)
print(
    f"Of the pressures {', '.join(f'{x:g}' for x in LEVELS)}, {costs_a_point:g} is the first to cost a point."
    if costs_a_point is not None
    else "No pressure costs a point of trust."
)

# %% [markdown]
# ## Change one thing: how much bad counts
#
# `negativity` says how many times a bad experience counts. Research puts it between 1 and 3. Move the slider: every
# stop is a run of its own.

# %%
betrayed = {x: history(betrayed_in={25}, trust__negativity=x) for x in (1.0, 1.5, 2.0, 2.5, 3.0)}


def fall(negativity):
    """Draw her trust where a bad experience counts so many times, beside the usual two."""
    points, mend = cost(betrayed[negativity])
    return course.picture(
        course.figure_lines,
        pd.DataFrame({"counts twice": once["trust"], "as you chose": betrayed[negativity]["trust"]}),
        x="deals",
        y="trust in the seller (%)",
        limits=(0, 100),
        finding=f"Counted {negativity:g} times, the betrayal costs {points:.0f} points; deals to mend it: {mend or 'never'}",
        note="One customer, one seller, a deal every month, no luck; sim.Market.",
    )


slider = course.slider("negativity", list(betrayed), fall)


# %%
def table(costs, names):
    """Return costs as a table."""
    rows = pd.DataFrame(costs, index=["points lost", "honest deals to mend"]).T.rename_axis(names)
    return rows.astype(float).round(1).astype(object).where(rows.notna(), "not in this run")


table({x: cost(deals) for x, deals in betrayed.items()}, "negativity")

# %% [markdown]
# ## Change one thing: how long the record is
#
# Is a betrayal worse early or late? And does a memory that never fades (`forgetting` 1) forgive less, or more?

# %%
table(
    {(keep, at): cost(history({at}, trust__forgetting=keep), at) for keep in (0.9, 1.0) for at in (3, 13, 25)},
    ["forgetting", "betrayed in deal"],
)

# %% [markdown]
# Read the two columns apart: what is lost at once, and how long it takes to mend. A long record cushions the fall, and
# most so where nothing fades; but there the betrayal does not fade either. "Slow to build, quick to lose" is a
# statement about how people remember, not a law.

# %% [markdown]
# ## Who pays for it?
#
# Trust has three levels: this salesperson, the firm, salespeople in general. A stranger starts from the last one.
# What does one seller who betrays her *every* time do to the next seller, whom she has never met?


# %%
def strangers_start(betrayed_in):
    """Return her trust in salespeople in general after two years, in percent."""

    class You(Salesperson):
        def conduct(self, customer):
            return BETRAYAL if self.month in betrayed_in else HONEST

    market = Market(SCENARIO.but(months=24), rng=13, classes={"you": You})
    market.run_for(24)
    return 100 * market.customer_agents[0].trust_general


print(f"After 24 honest deals with another seller, a stranger starts at {strangers_start(()):.0f} %.")
print(f"After 24 betrayals by another seller, a stranger starts at {strangers_start(range(1, 25)):.0f} %.")
print("Where she had never met a seller: 50 %.")

# %% [markdown]
# That is *sales resistance*: the honest newcomer pays for what others did.

# %% [markdown]
# ## Exercises
#
# 1. How many honest deals must come first so that one betrayal costs less than 10 points of trust?
# 2. Someone betrays her in every fourth deal. At what level does trust settle? And with two betrayals in a row out of
#    eight deals?
#
# Try in a cell of your own. The solutions are in the folded cells below.

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
losses = {at - 1: cost(history({at}, months=at + 10), at)[0] for at in (2, 4, 7, 13, 19, 25, 31)}
enough = [deals for deals, points in losses.items() if points < 10]
print(
    f"Of {', '.join(map(str, losses))} honest deals, {enough[0]} are the first to suffice."
    if enough
    else "None suffices: old deals fade, so a record never gets long enough."
)

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
for name, deals in (
    ("Every fourth deal", range(4, 60, 4)),
    ("Two in a row out of eight", (7, 8, 15, 16, 23, 24, 31, 32, 39, 40, 47, 48, 55, 56)),
):
    trust = history(set(deals))["trust"][36:56]
    print(f"{name}: {trust.mean():.0f} % on average, between {trust.min():.0f} and {trust.max():.0f} %.")

# %% [markdown]
# ## What this leaves out
#
# * She always comes back here, even after a betrayal. In the market she can go elsewhere, and then there are no
#   honest deals by which to mend.
# * There is no apology, and no forgiving. Old evidence fades with new deals, not with time.
# * The form of the memory is taken from research on reputation (Jøsang & Ismail 2002). Most of its numbers are
#   assumed. What is felt as bad is assumed too: here she knows after the deal what it was worth.
#
# Next: does it pay? [3 · Annuity and transactions](03-annuity.ipynb)
