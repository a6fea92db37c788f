"""A sweep of one dial in three lines: who earns more as customers talk more."""

import longgame

if __name__ == "__main__":
    market = longgame.Scenario(months=36).but({"customers.count": 1000})
    found = longgame.sweep("word_of_mouth.gossip=0:0.9:4", scenario=market, seeds=6, progress=False)
    print(found)
