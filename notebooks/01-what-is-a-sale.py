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
# # 1 · What is a sale?
#
# *One customer, one salesperson, one deal. About 15 minutes.*
#
# Some say that selling is a fight: somebody wins, somebody loses. Others say that a good sale leaves both better
# off. Before we ask who is right in the long run, we look at a single deal from close by.
#
# Run the cells one after the other (Shift + Enter).

# %%
from longgame.vocabulary import *

# %% [markdown]
# ## Your bet
#
# Two ways of selling will meet the same strangers, once each:
#
# * **collaborative** asks what is needed, says what is true, asks a fair price;
# * **adversarial** asks little, promises much, pushes, asks a high price.
#
# Who earns more from a first meeting? Write your bet between the quotes, before you go on.

# %%
CHOICES = ["collaborative", "adversarial"]
my_bet = None  # "collaborative" or "adversarial"
course.bet(my_bet, CHOICES)

# %% [markdown]
# ## One meeting
#
# A customer has a need. A perfect solution would be worth a certain sum to her: her *stake*. The salesperson has a
# product that fits the need more or less. It costs 40 % of the stake to make; a fair price is 40 % above that cost.
# She cannot see how well it fits. She hears a *promise* and a *price*, and believes the promise as far as she trusts
# the seller. How the deal felt afterwards is her *experience*, from 0 (bad) to 1 (good).
#
# Here is such a market, with one customer and one salesperson. Nothing else is changed between the meetings below:
# same customer, same need, same product, same luck.


# %%
def meet(conduct, customer):
    """Let one customer meet one salesperson once."""
    seller = Strategy(name="seller", description="the one she meets", with_prospects=conduct)
    scenario = Scenario(months=1, strategies=[seller], firms=[Firms(name="firm", strategies={"seller": 1})]).but(
        {"customers.count": 1, "customers.rate": 50.0, "choice.nobody": False}
    )
    market = Market(scenario, rng=customer)
    market.run_for(1)
    return market.meetings().iloc[0]


honest = STRATEGIES["collaborative"].with_prospects
print(course.tell(meet(honest, customer=13)))

# %% [markdown]
# The product fits, the seller says so, the price is fair: both gain. Here is another customer.

# %%
print(course.tell(meet(honest, customer=9)))

# %% [markdown]
# ## Change one thing
#
# The second customer again, and the same seller, but he promises more than he believes.

# %%
print(course.tell(meet(honest.but(overpromise=0.8), customer=9)))

# %% [markdown]
# Only the promise changed, not the product. And the first customer, whom the product fits, if only the price changes?

# %%
print(course.tell(meet(honest.but(markup=0.8), customer=13)))

# %% [markdown]
# Compare what she gains and what the seller gains. A deal has four ends:
#
# | | customer wins | customer loses |
# |---|---|---|
# | **seller wins** | win-win | win-lose |
# | **seller loses** | lose-win | lose-lose |
#
# (A fifth, win-win-win, is a win-win from which her own customers gain too. And there may be no deal.)

# %% [markdown]
# ## Many first meetings
#
# One customer is an anecdote. Now 40 sellers of one kind meet strangers, each for the first time, and have all the time
# they need. What does a meeting bring, on average? The two gains are money per meeting, deal or no deal.


# %%
def first_meetings(conduct, seed=1):
    """Return what a first meeting brings when all sellers have this conduct."""
    seller = Strategy(name="seller", description="all of them", with_prospects=conduct)
    scenario = Scenario(
        months=1, strategies=[seller], firms=[Firms(name="all", count=40, strategies={"seller": 1})]
    ).but({"customers.count": 20_000, "attention.capacity": 1_000_000, "economy.wage": 0.0, "economy.commission": 0.0})
    sums = totals(run(scenario, seed).monthly).iloc[0]
    return {
        "meetings": sums["visits"],
        "deals per 100": 100 * sums["deals"] / sums["visits"],
        "win-win per 100 deals": 100 * sums["win_win"] / sums["deals"],
        "seller gains": sums["profit"] / sums["visits"],
        "customer gains": sums["surplus"] / sums["visits"],
        "experience": sums["satisfaction"],
    }


adversarial = STRATEGIES["adversarial"].with_prospects
both = pd.DataFrame({"collaborative": first_meetings(honest), "adversarial": first_meetings(adversarial)}).T
both.round(2)

# %%
print(course.settle(my_bet, both["seller gains"].idxmax()))

# %% [markdown]
# ## Which part of it does it?
#
# Start from the collaborative seller and take over one habit of the adversarial one at a time.

# %%
habits = {"collaborative": first_meetings(honest)}
for dial in ("discovery", "overpromise", "pressure", "markup"):
    change = {dial: getattr(adversarial, dial)}
    habits[f"{dial} {getattr(honest, dial):g} → {change[dial]:g}"] = first_meetings(honest.but(**change))
habits["adversarial"] = first_meetings(adversarial)
habits = pd.DataFrame(habits).T
habits.round(2)

# %% [markdown]
# ## A threshold: how much may a seller promise?
#
# Turn one dial, `overpromise`, from 0 (says what he believes) to 1 (promises a perfect fit). Everything else stays
# collaborative. Move the slider, and watch both gains.

# %%
LEVELS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
promises = pd.DataFrame({level: first_meetings(honest.but(overpromise=level)) for level in LEVELS}).T
turns = course.crossings(promises["customer gains"].to_dict())
lost = f"the average customer loses from {turns[0]:.2f} on" if turns else "the average customer still gains"


def gains(level):
    """Draw what both gain, with a mark at one level of over-promising."""
    seller, customer = (promises.loc[level, f"{who} gains"] for who in ("seller", "customer"))
    return course.picture(
        course.figure_lines,
        promises[["seller gains", "customer gains"]],
        x="over-promising",
        y="money per first meeting",
        finding=f"At over-promising {level:g} the seller gains {number(seller)}, the customer {number(customer)}",
        note=f"{promises['meetings'].iloc[0]:.0f} first meetings with an otherwise honest seller, one seed.",
        at=level,
    )


slider = course.slider("over-promising", LEVELS, gains)

# %%
best = promises["seller gains"].idxmax()
print(f"The customer's threshold: {lost}.")
print(
    "The seller's threshold: none. The more he promises, the more he gains."
    if best == LEVELS[-1]
    else f"The seller's threshold: beyond {best:.1f} he gains less."
)

# %% [markdown]
# This is a first meeting: nothing stops him yet. What might stop him comes in the next notebooks.

# %% [markdown]
# ## Exercises
#
# 1. How far can an honest seller raise the price? Find the `markup` between 0 and 1 at which a first meeting brings
#    the seller most.
# 2. Turn `discovery` from 0 to 1 with an honest seller. What does listening change at a first meeting, and for whom?
# 3. In the table above, pressure alone raises deals. Why is it not the same as over-promising? Compare what customers
#    gain with how they experience it.
#
# The solutions are in the folded cells below.

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
prices = pd.DataFrame({m / 10: first_meetings(honest.but(markup=m / 10)) for m in range(11)}).T
best = prices["seller gains"].idxmax()
print(f"The seller gains most at a markup of {best:.1f}.")
loses = course.crossings(prices["customer gains"].to_dict())
print(f"The average customer loses from a markup of {loses[0]:.2f} on." if loses else "She gains at any price.")
print(prices[["deals per 100", "seller gains", "customer gains"]].round(1).to_string())

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
asking = pd.DataFrame({d / 4: first_meetings(honest.but(discovery=d / 4)) for d in range(5)}).T
for whom in ("seller", "customer"):
    gains = asking[f"{whom} gains"]
    print(f"Listening brings the {whom} {gains[1.0] - gains[0.0]:.0f} more money per meeting.")
print(asking[["deals per 100", "win-win per 100 deals", "seller gains", "customer gains"]].round(1).to_string())

# %% [markdown]
# <details><summary>Solution 3</summary>
#
# Pressure changes when she says yes, not what she is told: she knows what she buys. Customers who doubt an honest
# promise may even gain by being pushed. But being pushed spoils the experience, and experience is what she will
# remember. Over-promising changes what she believes that she buys, so that more of her deals are bad ones.
# </details>

# %% [markdown]
# ## What this leaves out
#
# * She never comes back, and tells nobody. That is where the argument of the essays begins.
# * Time is free here. In the market, an hour of listening is an hour not spent on the next customer.
# * Nobody bargains: the price is part of a seller's way of selling. One product per need.
# * Most numbers are assumed ([docs/odd.md](../docs/odd.md) says which).
#
# Next: she comes back. [2 · Trust memory](02-trust-memory.ipynb)
