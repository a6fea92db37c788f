"""A claim in one call: its verdict, the effects behind it, and its tables."""

import longgame

if __name__ == "__main__":
    market = longgame.Scenario(months=36).but({"customers.count": 1000})
    found = longgame.claim("walk-away", market, seeds=6, progress=False)
    print(found.verdict, "\n")
    for effect in found.verdict.effects:
        print(effect.at, round(effect.value), effect.unit)
    print("\ntables:", ", ".join(found.tables))
    print("figures:", ", ".join(found.figures))
