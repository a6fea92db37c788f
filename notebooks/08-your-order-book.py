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
# # 8 · Your own order book
#
# *From an order log to a market of your own. About 20 minutes.*
#
# So far the market was ours. Now it is fitted to an order log: who bought when, from whom, for how much. First a log
# from a market that we know, so that we can see what a log can tell and what not. Then yours.

# %%
from longgame.vocabulary import *

SEEDS = 6  # for a first look: the fewest that can tell a sign; for real numbers set SEEDS = 40
WORKERS = 1  # None uses all cores of this machine

# %% [markdown]
# ## Your bet
#
# A fit looks for these four numbers: how often customers need something (`customers.rate`), how much they differ in that
# (`customers.rate_spread`), how many leave each month (`customers.churn`), and how much is at stake
# (`customers.stake`). Which of them will it get most wrong?

# %%
NUMBERS = ["customers.rate", "customers.rate_spread", "customers.churn", "customers.stake"]
my_bet = None  # one of the four
course.bet(my_bet, NUMBERS)

# %% [markdown]
# ## 1. A log
#
# A small town, two years: one of the markets that agree with published numbers. We keep what a real log would hold,
# and nothing else.

# %%
TOWN = next(iter(Ensemble.load("repeat-supply").scenarios().values())).but(months=24)
folder = Path(tempfile.mkdtemp())
orders = run(TOWN, seed=7, orders=True).orders
write_orders(orders[list(SCHEMA)], folder / "orders.csv")
print("".join((folder / "orders.csv").read_text().splitlines(keepends=True)[:4]))

# %% [markdown]
# Your own file may have other column names; `read_orders` says how it understood them.

# %%
log = read_orders(folder / "orders.csv")
print(log.summary())

# %% [markdown]
# ## 2. The fit
#
# Thirty markets are moved until each writes such a book. What a book does not tell of differs between them: trust,
# gossip, habit, how people sell. The nearest is the market that you get. On the command line:
# `longgame calibrate orders.csv --out mine.toml`, with a hundred markets. Read first what is *not* matched.

# %%
fitted = fit(log, markets=30, seed=0)
said = said_of(fitted)
print("\n".join(said.sentences))
said.shown["The market beside the book"]

# %%
course.picture(said.figures["fit"])

# %% [markdown]
# ## 3. The reveal: what the log can tell
#
# Here, and only here, we know the truth.

# %%
truth = pd.Series({path: value for path, _, value in TOWN.numbers()}, name="truth")
table = fitted.estimates().set_index("dial").loc[NUMBERS]
table.insert(0, "truth", truth)
off = (table["nearest"] / table["truth"]).map(lambda factor: max(factor, 1 / factor))
print(course.settle(my_bet, off.idxmax()))
table[["truth", "nearest", "low", "high"]].map(lambda x: f"{x:.3g}")

# %% [markdown]
# A customer who was disappointed and stays away looks exactly like one who moved away: an order log cannot tell them
# apart. A need that nobody served is not in it either. Many markets write the same book. So the intervals hold in a
# market that is like the plausible ones in all that no book shows, and not in any other.

# %% [markdown]
# ### How sure is sure?
#
# An interval holds some share of the fitted markets. A wide one holds the truth more often, and says less. Move the
# slider.


# %%
def at(percent):
    """Draw the interval of each number as a multiple of the truth, at a level in percent."""
    ends = fitted.estimates(percent / 100).set_index("dial").loc[NUMBERS, ["low", "high"]].div(truth[NUMBERS], axis=0)
    inside = int(((ends["low"] <= 1) & (ends["high"] >= 1)).sum())

    return course.picture(
        course.figure_ranges,
        ends,
        x="fitted ÷ truth",
        finding=f"Intervals of {percent} % hold the truth of {inside} of {len(NUMBERS)} numbers",
        note="Bars: the fitted markets. Line: the truth.",
    )


slider = course.slider("level (%)", [30, 50, 80, 90, 98], at)

# %% [markdown]
# ## 4. The experiment
#
# Does the answer to "does the annuity pay?" survive the detour over the log? Collaborative less adversarial sellers,
# profit per salesperson-year over two years: in the town itself, and in the market fitted to its log. (The fitted
# market sets its own wage, so compare signs, not amounts.)


# %%
def leads(scenario):
    """Return collaborative − adversarial in profit, for singletons and herds in both kinds of market."""
    pairs = of_both_kinds("collaborative", "adversarial")
    plan = Plan(markets(scenario, [arm for pair in pairs for arm in pair]), tuple(range(SEEDS)), (HORIZONS,))
    tables = run_plan(plan, workers=WORKERS, progress=False).tables
    found = effects(tables, pairs, "profit", scenario.months, unit="money")
    return pd.Series({e.place: e for e in found})


both = pd.DataFrame({"town": leads(TOWN), "fitted": leads(fitted.scenario())})
signs = both.map(lambda effect: effect.sign or 0)
same, opposite = ((signs["town"] * signs["fitted"] == way).sum() for way in (1, -1))
print(f"Of {len(both)} comparisons, both markets say the same clearly in {same}, the opposite in {opposite}.")
both.map(course.short)

# %% [markdown]
# ## 5. Yours
#
# Put the path of your log between the quotes. All that is needed is one row per order with a customer and a date; an
# amount and a salesperson help. Nothing leaves this machine.

# %%
my_log = None  # "orders.csv"
if my_log:
    log = read_orders(my_log)
    print(log.summary())
    fitted = fit(log)  # a hundred markets: some minutes
    print(said_of(fitted).text())
    print(pd.DataFrame({"your market": leads(fitted.scenario())}).map(course.short).to_string())

# %% [markdown]
# ## Exercises
#
# A fit sees of a log what `numbers(log)` says, and nothing else.
#
# 1. Real logs often do not say who sold. Drop the columns `salesperson` and `firm`. What can no longer be matched?
# 2. Two firms in one town keep their logs to themselves. Look at the log of one firm only. Which numbers change, and
#    what would a fit make of that?

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
nameless = order_log(log.frame.drop(columns=["salesperson", "firm"]), months=log.months)
pd.DataFrame({"all columns": numbers(log), "nameless": numbers(nameless)}).round(2).dropna(how="all")

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
largest = log.frame["firm"].value_counts().index[0]
one_firm = order_log(log.frame[log.frame["firm"] == largest], months=log.months)
pd.DataFrame({"the town": numbers(log), "one firm": numbers(one_firm)}).round(2).dropna(how="all")

# %% [markdown]
# <details><summary>Why, in exercise 2?</summary>
#
# To one firm, a customer who goes over to another looks like one who has left, and one who comes from another looks
# new. A fit to its log finds more churn and fewer needs than there are. Rate and churn are then those of a *relation
# with the firm*, not those of the customer.
# </details>

# %% [markdown]
# ## What this leaves out
#
# * Here the log came from the model itself, so the fit had the right form. Yours will not. If the fit says NOT
#   matched, or OUTSIDE, believe it.
# * Thirty markets are few. `longgame calibrate` takes a hundred.
# * A log tells what was, not what would have been. `longgame advise` asks all markets that fit, and says when they
#   disagree.
#
# This was the last one. To go on: [docs/howto](../docs/howto/run-an-experiment.md), and `longgame list`.
