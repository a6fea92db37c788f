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
# We fit four numbers: how often customers need something (`customers.rate`), how much they differ in that
# (`customers.rate_spread`), how many leave each month (`customers.churn`), and how much is at stake
# (`customers.stake`). Which of them will the fit get most wrong?

# %%
NUMBERS = ["customers.rate", "customers.rate_spread", "customers.churn", "customers.stake"]
my_bet = None  # one of the four
course.bet(my_bet, NUMBERS)

# %% [markdown]
# ## 1. A log
#
# A small town: a dozen sellers, 800 customers, four years. We keep what a real log would hold, and nothing else.

# %%
TOWN = CONFIGURATIONS["main-street"].but(months=48)
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
# A log names everybody who ever sold. People come and go, so say how many sell at one time:

# %%
people = log.frame["salesperson"].nunique()
a_month = log.frame.groupby("month")["salesperson"].nunique().mean()
print(f"{people} names in the log; {a_month:.0f} of them sell in an average month.")

# %% [markdown]
# We take the town's twelve places (without, the fit takes those who sell at one time, from their first order to their last). On the command
# line: `longgame calibrate orders.csv --salespeople 12 --out mine.toml`. The report is long; of its table read the
# first columns of the lines that begin with `customers.`

# %%
fit = calibrate(log, salespeople=12, seed=0)
print(fit.report())


# %%
def figure_fit(figure: Figure) -> None:
    """Fill a figure with the fit beside the log, one panel above the other."""
    figure.set_figheight(18)
    *_, months = plot_fit(fit, axes=figure.subplots(3, 1))
    months.set_ylim(0, 3 * months.dataLim.y1)  # room for the legend above the points
    figure.suptitle("The fit beside the log")


course.picture(figure_fit)

# %% [markdown]
# ## 3. The reveal: what the log can tell
#
# Here, and only here, we know the truth.

# %%
fitted = {e.name: e for e in fit.estimates()}
truth = {path: value for path, _, value in TOWN.numbers()}
table = pd.DataFrame(
    {
        name: {"truth": truth[name], "fitted": fitted[name].value, "low": fitted[name].low, "high": fitted[name].high}
        for name in NUMBERS
    }
).T
table["times too high"] = table["fitted"] / table["truth"]
off = table["times too high"].map(lambda factor: max(factor, 1 / factor))
print(course.settle(my_bet, off.idxmax()))
table.map(lambda x: "none" if pd.isna(x) else f"{x:.3g}")

# %% [markdown]
# A customer who was disappointed and stays away looks exactly like one who moved away: an order log cannot tell them
# apart. Trust, word of mouth and how people sell are not in it at all; they stay at the defaults.

# %% [markdown]
# ### A threshold: how long a log?
#
# The same log, cut off earlier. How wide is the interval of `customers.churn`, as high ÷ low?

# %%
widths, ends = {}, {}
for months in (6, 12, 24, 36, 48):
    short = order_log(log.frame[log.frame["month"] <= months], months=months)
    churn = {e.name: e for e in calibrate(short, match=False).estimates()}["customers.churn"]
    widths[months] = churn.high / churn.low
    ends[months] = {"at most": 100 * churn.high, "at least": 100 * churn.low}
narrow = [months for months, width in widths.items() if width < 2]
print(
    f"The interval is narrower than a factor of 2 from {narrow[0]} months on."
    if narrow
    else "Even the longest log leaves more than a factor of 2."
)
widths = pd.Series(widths, name="high ÷ low").rename_axis("months of log")
widths.map(lambda x: "no interval" if pd.isna(x) else f"{x:.2f}").to_frame()

# %% [markdown]
# Move the slider to the length of your own log.

# %%
known = pd.DataFrame(ends).T.dropna()


def after(months):
    """Draw between which values churn lies, by the length of the log."""
    low, high = known.loc[months, ["at least", "at most"]]
    return course.picture(
        course.figure_lines,
        known,
        x="months of log",
        y="customers who leave a month (%)",
        finding=f"After {months} months the log says: {low:.2g} to {high:.2g} % of customers leave a month",
        note=f"The truth is {100 * truth['customers.churn']:g} %.",
        at=months,
    )


slider = course.slider("months of log", list(known.index), after)

# %% [markdown]
# ## 4. The experiment
#
# Does the answer to "does the annuity pay?" survive the detour over the log? Collaborative less adversarial sellers,
# profit per salesperson-year over four years: in the town itself, and in the market fitted to its log. (The fitted
# market sets its own wage, so compare signs, not amounts.)


# %%
def leads(scenario):
    """Return collaborative − adversarial in profit, for singletons and herds in both kinds of market."""
    pairs = of_both_kinds("collaborative", "adversarial")
    plan = Plan(markets(scenario, [arm for pair in pairs for arm in pair]), tuple(range(SEEDS)), (HORIZONS,))
    tables = run_plan(plan, workers=WORKERS, progress=False).tables
    found = effects(tables, pairs, "profit", scenario.months, unit="money")
    return pd.Series({e.place: e for e in found})


both = pd.DataFrame({"town": leads(TOWN), "fitted": leads(fit.scenario().but(months=48))})
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
    fit = calibrate(log, salespeople=None)  # how many sell at one time
    print(fit.report())
    print(pd.DataFrame({"your market": leads(fit.scenario())}).map(course.short).to_string())

# %% [markdown]
# ## Exercises
#
# 1. Real logs often do not say who sold. Drop the columns `salesperson` and `firm`. What changes in the four numbers?
# 2. Two firms in one town keep their logs to themselves. Fit the log of one firm only. Which number goes wrong, and why?


# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 1
def fitted_to(frame, **options):
    """Return the four numbers fitted to an order log, without matching by simulation."""
    found = calibrate(order_log(frame, months=48), match=False, **options)
    return {e.name: f"{e.value:.3g}" for e in found.estimates() if e.name in ("purchase rate", *NUMBERS[1:])}


nameless = log.frame.drop(columns=["salesperson", "firm"])
print(pd.DataFrame({"all columns": fitted_to(log.frame), "nameless": fitted_to(nameless, salespeople=12)}).to_string())

# %% jupyter={"source_hidden": true, "outputs_hidden": true} tags=["solution"]
# Solution 2
largest = log.frame["firm"].value_counts().index[0]
one_firm = log.frame[log.frame["firm"] == largest]
print(pd.DataFrame({"the town": fitted_to(log.frame), "one firm": fitted_to(one_firm)}).to_string())

# %% [markdown]
# <details><summary>Why, in exercise 2?</summary>
#
# To one firm, a customer who goes over to another looks like one who has left: churn comes out too high. The rate may go
# either way: purchases elsewhere are missing, but so are all customers who only ever bought elsewhere, and those who
# stay with a firm buy often. Rate and churn are those of a *relation with the firm*, not those of the customer.
# </details>

# %% [markdown]
# ## What this leaves out
#
# * Here the log came from the model itself, so the fit had the right form. Yours will not. If `calibrate` says NOT
#   matched, believe it: a grocer's customers come every week, and the model has one need a month at most.
# * Four numbers are fitted. Trust, gossip, service and the ways of selling are the default's.
# * A log tells what was, not what would have been. The experiment is only as good as the model.
#
# This was the last one. To go on: [docs/howto](../docs/howto/run-an-experiment.md), and `longgame list`.
