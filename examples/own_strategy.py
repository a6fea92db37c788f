"""A strategy of one's own in a market with a library strategy, and what each earns."""

import longgame

patient = longgame.Strategy(
    name="patient",
    description="asks, tells the truth, never pushes, walks away from a poor fit",
    with_prospects=longgame.Conduct(discovery=0.9, markup=0.5, aftercare=0.9, walk_away=0.0),
)
scenario = longgame.Scenario(
    months=60,
    strategies=[patient],
    firms=[
        longgame.Firms(name="patient-herd", count=4, strategies={"patient": 5}, policy="herd"),
        longgame.Firms(name="adversarial", count=20, strategies={"adversarial": 1}),
    ],
)

if __name__ == "__main__":
    monthly = longgame.run(scenario, seed=1).monthly
    totals = monthly.groupby("group", observed=True)[["profit", "revenue", "repeat_revenue", "deals", "win_win"]].sum()
    print("profit a month and salesperson:")
    print((totals.profit / 60 / 20).round(0).to_string(), "\n")
    print("repeat business, share of revenue:")
    print((totals.repeat_revenue / totals.revenue).round(2).to_string(), "\n")
    print("deals that both sides won:")
    print((totals.win_win / totals.deals).round(2).to_string())
