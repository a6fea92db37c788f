"""Collaborative selling with one flaw."""

from longgame.sim.library._conducts import ADVERSARIAL, COLLABORATIVE
from longgame.sim.strategy import Strategy

fair_weather_friend = Strategy(
    name="fair-weather-friend",
    description="Collaborative in everything until something goes wrong.",
    origin="The essays' seller who is gone after the close.",
    weakness="One failure undoes the record, because bad news weighs more than good.",
    with_prospects=COLLABORATIVE.but(aftercare=0.0, availability=0.3),
)

pushover = Strategy(
    name="pushover",
    description="Collaborative with new customers, but gives each client a discount as a habit.",
    origin="Lose/win as a habit (Covey 1989); the essays' 'losing to the customer ruins you'.",
    weakness="The clients it keeps are the ones it earns nothing from.",
    with_prospects=COLLABORATIVE.but(markup=0.2),
    with_clients=COLLABORATIVE.but(markup=0.0, availability=1.0),
)

generous_amateur = Strategy(
    name="generous-amateur",
    description="Honest and cheap, but not good at the job.",
    origin="Benevolence without ability (Mayer, Davis & Schoorman 1995).",
    weakness="Good intentions misjudge the fit and deliver less of it.",
    with_prospects=COLLABORATIVE.but(markup=0.25, discovery=0.6),
    skill=0.4,
)

quitter = Strategy(
    name="quitter",
    description="Collaborative for a career, adversarial in the last year of it.",
    origin="The end-game problem of repeated games (Selten 1978).",
    weakness="None for the seller who leaves; the firm and the successor inherit the damage.",
    with_prospects=COLLABORATIVE,
    endgame=ADVERSARIAL,
    endgame_months=12,
)
