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
# # 7 · Your own strategy
#
# *Write one, and enter the tournament. About 20 minutes.*
#
# So far you watched ways of selling that others wrote down. Now write your own.

# %%
from longgame.vocabulary import *

SEEDS = 6  # for a first look: the fewest that can tell a sign; for real numbers set SEEDS = 40
WORKERS = 1  # None uses all cores of this machine

# %% [markdown]
# ## Your bet
#
# Your strategy will meet three others: `adversarial`, `collaborative` and `order-taker`. On which place will it end up,
# from 1 to 4? (You may change your mind after the next cell, but not after the tournament.)

# %%
my_bet = None  # a place from 1 to 4
course.bet(my_bet, [1, 2, 3, 4])

# %% [markdown]
# ## Your strategy
#
# A strategy says how a salesperson treats prospects (who never bought), and clients where that differs. Change what you
# like; every dial runs from 0 to 1, except the markup (0.4 is fair, 0.8 dear) and `walk_away` (-10 always pitches, 0
# walks away from what is worth less than its price).

# %%
mine = Strategy(
    name="mine",
    description="asks, tells nearly the truth, never pushes, and takes most care of those who know it",
    with_prospects=Conduct(discovery=0.6, overpromise=0.2, pressure=0.0, markup=0.4, walk_away=0.0, aftercare=0.7),
    with_clients=Conduct(discovery=0.6, overpromise=0.0, pressure=0.0, markup=0.4, walk_away=0.0, aftercare=0.9),
)

# %% [markdown]
# What have you declared, judged by its dials alone? (`honest` never claims more than it believes; `exploits_clients`
# is dearer, pushier or less true to clients than to prospects.)

# %%
pd.Series(mine.traits(), name="mine").to_frame()

# %% [markdown]
# ## The tournament
#
# What a strategy earns depends on who else is there. So every two share markets, in which one of them has a tenth, half or
# nine tenths of all sellers; each also has a market of its own; and all share one. Here: 20 singletons, five years.

# %%
FIELD = {name: STRATEGIES[name] for name in ("adversarial", "collaborative", "order-taker")} | {"mine": mine}
MARKET = SMALL.but(months=60)
SINGLETONS = compositions.market_firms(MARKET, "singleton")
wanted = tournament.compositions(FIELD, SINGLETONS, "singleton")
plan = compositions.plan(MARKET, wanted, tuple(range(SEEDS)), FIELD)
posts = run_plan(plan, workers=WORKERS, progress=False).tables["posts"]
payoffs = compositions.payoff_table(posts)
print(f"{len(plan)} runs of {len(plan.markets)} markets")

# %% [markdown]
# ## The reveal
#
# Profit per salesperson-year in duels (half of the market each), the mean over opponents. `best` and `worst` are the
# places that the runs allow, `low` and `high` the interval of the payoff: luck leaves some places open. Below 0 a
# strategy does not earn its wages.

# %%
league = tournament.league(tournament.scores(payoffs, SINGLETONS))
duels = league[league["event"] == "duel"].set_index("strategy")
print("Place:", course.settle(my_bet, int(duels["rank"]["mine"])))
duels[["rank", "best", "worst", "payoff", "low", "high"]].round(0)

# %%
course.picture(
    tournament_figure.figure_duels,
    tournament.results(payoffs),
    league,
    tournament.shares_of("duel", SINGLETONS),
    "profit",
    "singletons",
)

# %% [markdown]
# The league ranks what each earned; the figure sets the two of each duel side by side.
#
# Is a good place in duels also a good place elsewhere? (`invader`: a tenth of the sellers; `resident`: nine tenths;
# `alone`: a market of its own; `mixed`: all in one.)

# %%
league.pivot(index="strategy", columns="event", values="rank")[list(tournament.EVENTS)]

# %% [markdown]
# ## A threshold: how many of your kind?
#
# Against the adversarial sellers, and by the share of the market that sells your way:

# %%
against = compositions.duel_table(payoffs)
against = against[(against["ours"] == "mine") & (against["theirs"] == "adversarial")]
lead = {share: effect_of(rows.set_index("seed")["gap"], unit="money") for share, rows in against.groupby("share")}
print(course.threshold(lead, "your share", "mine", "adversarial"))

# %% [markdown]
# Move the slider: how many of the market sell your way?

# %%
yours = pd.Series({share: effect.value for share, effect in lead.items()}).to_frame("yours less adversarial")


def among(share):
    """Draw your lead over the share of your kind, with a mark at one."""
    made = yours.loc[share].iloc[0]
    return course.picture(
        course.figure_lines,
        yours,
        x="share of the market that sells your way",
        y="money a year",
        finding=f"With {share:.0%} of your kind you make {number(abs(made))} {'more' if made > 0 else 'less'} than they",
        note=f"Means of {SEEDS} runs of the market that both share.",
        at=share,
    )


slider = course.slider("share", list(yours.index), among)

# %% [markdown]
# ## Behaviour that no dial describes
#
# `sim.Market` is the same market in Python objects, slower. Override `conduct`, and decide for each customer anew, from
# what a salesperson can know: their deals so far, and how they came. This one is cheap to those who come recommended.


# %%
class Grateful(Salesperson):
    def conduct(self, customer):
        usual = super().conduct(customer)
        return usual.but(markup=0.3) if customer.source == "contact" else usual


TOWN = SMALL.but({"customers.count": 400}, months=12)


def profit(**classes):
    """Return the profit of collaborative singletons in their first year, per salesperson, by seed."""
    found = {}
    for seed in range(SEEDS):
        market = Market(TOWN, rng=seed, classes={f"collaborative-{kind}": c for kind, c in classes.items()})
        market.run_for(TOWN.months)
        monthly = market.result().monthly
        rows = monthly[monthly["group"] == "collaborative-singleton"]
        found[seed] = 12 * rows["profit"].sum() / rows["salespeople"].sum()
    return pd.Series(found)


as_usual = profit()
grateful = paired(profit(singleton=Grateful), as_usual, unit="money")
print(f"Grateful less as usual: {grateful}. Ahead: {course.ahead(grateful, 'grateful', 'as usual')}.")

# %% [markdown]
# ## Exercises
#
# 1. Make `mine` a milker: treat clients worse than prospects. Does `traits()` notice? Set it against `mine`.
# 2. Write a `Salesperson` who raises the markup by 0.1 with every deal done, up to 0.8. Does it earn more than the usual?
# 3. From the command line, save your strategy in a file `mine.py` and run `longgame tournament mine.py adversarial
#    collaborative`.

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
milking = mine.with_prospects.but(markup=0.8, pressure=0.5, aftercare=0.1)
milker = mine.model_copy(update={"name": "mine-milking", "with_clients": milking})
print(f"exploits clients: {milker.traits()['exploits_clients']} (before: {mine.traits()['exploits_clients']})")
both = [Arm(milker, SINGLETON), Arm(mine, SINGLETON)]
plan = Plan(markets(MARKET, both).where(setting=SHARED), tuple(range(SEEDS)), (AT_END,))
met = run_plan(plan, workers=WORKERS, progress=False).tables["horizons"]
milked = paired(*(values(met, SHARED, arm, "profit") for arm in both), unit="money")
print(f"Milking less not milking: {milked}. Ahead: {course.ahead(milked, 'the milker', 'mine')}.")


# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
class Creeping(Salesperson):
    def conduct(self, customer):
        return super().conduct(customer).but(markup=min(0.4 + 0.1 * customer.deals, 0.8))


creeping = paired(profit(singleton=Creeping), as_usual, unit="money")
print(f"Creeping less as usual: {creeping}. Ahead: {course.ahead(creeping, 'creeping', 'as usual')}.")

# %% [markdown]
# ## What this leaves out
#
# * A place in this league is a place among these, in this market. Enter others, and it may change.
# * Strategies are fixed. Nobody here answers to what you do, and nobody copies you (`longgame evolve` lets them).
# * Profit ranks. A league by what customers gain would look different.
# * A year of a few hundred customers, as for `Grateful`, tells little. What pays later is not seen in it.
#
# Next: your own customers. [8 · Your own order book](08-your-order-book.ipynb)
