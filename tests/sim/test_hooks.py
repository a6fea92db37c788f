"""What agents with code of their own decide: each hook by its default, by an own answer, and by a wrong one."""

import pickle
from typing import ClassVar

import mesa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longgame.sim import Customer, Firm, FirmPolicy, Market, Pay, Salesperson, Scenario, hooks, run
from longgame.sim.stages.conversation import finish_waiting
from longgame.sim.trust import NOBODY
from tests.markets import scenarios
from tests.sim.tables import assert_same

TINY = Scenario().but({"customers.count": 80, "customers.churn": 0.02}, months=26)
GROUPS = [group.name for group in TINY.firms]


class UsualCustomer(Customer):
    """Decides by the rules, but through Python."""

    def approach(self, candidates):
        return super().approach(candidates)

    def decide(self, offer):
        return super().decide(offer)

    def experience(self, deal):
        return super().experience(deal)


class UsualSeller(Salesperson):
    """Sells by the strategy's own conduct, but through Python."""

    def conduct(self, customer):
        return super().conduct(customer)

    def closed(self, customer, outcome, price, refund):
        super().closed(customer, outcome, price, refund)


class UsualFirm(Firm):
    """Works by the scenario's policy, but through Python."""

    def policy(self):
        return super().policy()


def played(scenario, seed, classes=None, **kwargs):
    market = Market(scenario, rng=seed, classes=classes, **kwargs)
    market.run_for(scenario.months)
    return market


@settings(max_examples=25)
@given(
    scenarios(max_count=25, max_months=15), st.integers(0, 2**64 - 1), st.sets(st.sampled_from(range(3)), min_size=1)
)
def test_code_that_calls_super_alone_changes_no_bit(scenario, seed, kinds):
    names = [group.name for group in scenario.firms]
    own = [
        {name: [UsualSeller, UsualFirm] for name in names},
        {"customers": UsualCustomer},
        {names[0]: UsualSeller},  # beside firms that sell by the rules
    ]
    classes = {name: kind for k in sorted(kinds, reverse=True) for name, kind in own[k].items()}
    if "customers" in classes:  # they hear one seller
        scenario = scenario.but({"choice.offers": 1})
    assert_same(run(scenario, seed, orders=True), played(scenario, seed, classes).result())


class TestApproach:
    def test_the_customer_goes_where_their_code_says(self):
        class Picky(Customer):
            seen: ClassVar[list] = []
            went: ClassVar[dict] = {}

            def approach(self, candidates):
                self.seen.extend(candidates)
                self.went[self.row] = max(candidates, key=lambda each: each.trust, default=None)
                return self.went[self.row]

        scenario = TINY.but({"choice.ask_around": 1.0, "customers.rate": 1.0}, months=12)
        market = Market(scenario, rng=1, classes={"customers": Picky})
        for _ in range(scenario.months):
            Picky.went.clear()
            people = {agent.row: (agent.id, agent.firm.row) for agent in market.salespeople}
            market.step()
            met = market.table("visits").query("met >= 0").set_index("customer")
            assert sorted(met.index) == sorted(row for row, choice in Picky.went.items() if choice)
            for row, visit in met.iterrows():
                choice = Picky.went[row]
                assert (choice.id, choice.firm) == people[visit["met"]]
                assert choice.trust == visit["trust"] or visit["seller"] != visit["met"]
        assert {each.source for each in Picky.seen} >= {"memory", "contact", "chance"}
        assert all(0 < each.trust < 1 for each in Picky.seen)

    def test_nobody_is_approached_where_the_answer_is_none(self):
        class Hermit(Customer):
            def approach(self, candidates):
                return None

        result = played(TINY, 1, {"customers": Hermit}).result()
        assert result.monthly["visits"].sum() == 0 and result.market["needs"].sum() > 0

    def test_super_draws_among_fewer_by_the_same_rule(self):
        class Loyal(Customer):
            def approach(self, candidates):
                known = [each for each in candidates if each.source == "memory"]
                choice = super().approach(known)
                assert choice is None or choice in known
                return choice

        market = Market(TINY, rng=1, classes={"customers": Loyal})
        market.run_for(3)
        assert market.result().monthly["visits"].sum() == 0  # nobody can be known before the first meeting

    @pytest.mark.parametrize("answer", [3, "the first", ("a", "tuple")])
    def test_another_answer_is_refused(self, answer):
        class Wrong(Customer):
            def approach(self, candidates):
                return answer

        with pytest.raises(TypeError, match=r"^Wrong\.approach returned .*must return one of the candidates or None$"):
            played(TINY, 1, {"customers": Wrong})


class TestDecide:
    def test_an_offer_is_the_pitch_in_money(self):
        class Reader(Customer):
            offers: ClassVar[list] = []

            def decide(self, offer):
                answer = super().decide(offer)
                self.offers.append((self.row, offer, answer))
                return answer

        market = Market(TINY, rng=2, classes={"customers": Reader})
        for _ in range(8):
            Reader.offers.clear()
            market.step()
            pitched = market.meetings().query("price.notna()").set_index("customer")
            assert sorted(pitched.index) == sorted(row for row, _, _ in Reader.offers)
            for row, offer, bought in Reader.offers:
                meeting = pitched.loc[row]
                assert (offer.price, offer.claim, offer.trust) == (meeting.price, meeting.claim, meeting.trust)
                assert offer.seller == market.seller_agents[int(meeting.salesperson)].id
                assert bought == (meeting.outcome != "declined")
                assert min(0.0, offer.claim) <= offer.expected <= meeting.stake
                assert 0 < offer.usual_price < 5 * meeting.stake and 0 <= offer.pressure <= 1

    def test_the_answer_counts(self):
        class Miser(Customer):
            def decide(self, offer):
                return offer.price < 0.5 * offer.expected

        market = played(TINY, 1, {"customers": Miser})
        orders = market.result().orders
        assert len(orders) < 0.5 * len(run(TINY, 1, orders=True).orders)

    @pytest.mark.parametrize("answer", [1, None, 0.7])
    def test_another_answer_is_refused(self, answer):
        class Wrong(Customer):
            def decide(self, offer):
                return answer

        with pytest.raises(TypeError, match=r"^Wrong\.decide returned .*must return True or False$"):
            played(TINY, 1, {"customers": Wrong})


class TestExperience:
    def test_the_answer_is_what_is_remembered(self):
        class Content(Customer):
            deals: ClassVar[list] = []

            def experience(self, deal):
                self.deals.append(deal)
                return 1

        result = played(TINY, 1, {"customers": Content}).result()
        assert len(result.orders) == len(Content.deals) > 0
        assert (result.orders["satisfaction"] == 1).all()
        for column, name in (
            ("amount", "paid"),
            ("claim", "promised"),
            ("delivered", "delivered"),
            ("refund", "refund"),
        ):
            found = sorted(getattr(deal, name) for deal in Content.deals)
            np.testing.assert_allclose(found, np.sort(result.orders[column]), atol=0.006)
        usual = run(TINY, 1)
        assert result.customers["trust_general"].mean() > usual.customers["trust_general"].mean()

    @pytest.mark.parametrize("answer", [None, "good", 1j])
    def test_another_answer_is_refused(self, answer):
        class Wrong(Customer):
            def experience(self, deal):
                return answer

        with pytest.raises(TypeError, match=r"^Wrong\.experience returned .*must return a number in \[0, 1\]$"):
            played(TINY, 1, {"customers": Wrong})

    @pytest.mark.parametrize("answer", [-0.1, 1.1, float("nan")])
    def test_a_number_out_of_range_is_refused(self, answer):
        class Wrong(Customer):
            def experience(self, deal):
                return answer

        with pytest.raises(ValueError, match=rf"^Wrong\.experience returned {answer}; it must return a number in"):
            played(TINY, 1, {"customers": Wrong})


class TestPolicy:
    def test_a_firm_works_by_its_policy_from_this_month_on(self):
        class Opening(Firm):
            def policy(self):
                return FirmPolicy(shares_leads=True, shares_attention=True) if self.month > 6 else FirmPolicy()

        hurried = TINY.but({"attention.capacity": 120, "firms": [
            {**group.model_dump(), "policy": "singleton"} for group in TINY.firms
        ]})  # fmt: skip
        result = played(hurried, 1, {"adversarial-herd": Opening}).result()
        usual = run(hurried, 1)
        months = result.monthly["month"]
        assert result.monthly[months <= 6].equals(usual.monthly[months <= 6])
        passed = result.monthly.query("month > 6").groupby("group", observed=True)["passed_on"].sum()
        assert passed["adversarial-herd"] > 0 == passed.drop("adversarial-herd").sum()

    def test_another_answer_is_refused(self):
        class Wrong(Firm):
            def policy(self):
                return "herd"

        with pytest.raises(TypeError, match=r"^Wrong\.policy returned .*must return a FirmPolicy$"):
            Market(TINY, rng=1, classes={GROUPS[0]: Wrong}).step()

    def test_a_singleton_cannot_share(self):
        class Sharing(Firm):
            def policy(self):
                return FirmPolicy(shares_leads=True)

        with pytest.raises(ValueError, match=r"^Sharing\.policy: `shares_leads` needs a firm of two or more members"):
            Market(TINY, rng=1, classes={"adversarial-singleton": Sharing}).step()


@pytest.mark.parametrize("sellers", [[], [UsualSeller]], ids=["by the rules", "in Python"])
@pytest.mark.parametrize("incentive", [0.0, 0.4])
def test_pay_of_own_code_shapes_conduct_as_declared_pay_does(incentive, sellers):
    pay = Pay(closings=0.2, repeat=0.8, satisfaction=0.4)

    class Caring(Firm):
        def policy(self):
            return super().policy().model_copy(update={"pay": pay})

    scenario = TINY.but({"economy.incentive": incentive}, burn_in=12)
    paid = [
        {**group.model_dump(), "policy": {**group.rules.model_dump(), "pay": pay.model_dump()}}
        if group.name in GROUPS[1:3]
        else group.model_dump()
        for group in scenario.firms
    ]
    declared = run(scenario.but(firms=paid), 5, orders=True)
    own = played(scenario, 5, {name: [Caring, *sellers] for name in GROUPS[1:3]}).result()
    assert_same(own, declared)
    assert not own.monthly.equals(run(scenario, 5).monthly)


def test_firms_of_one_group_and_months_of_one_firm_have_conducts_of_their_own_pay():
    class Turning(Firm):
        def policy(self):
            pay = Pay(closings=1.0) if self.row % 2 or self.model.month <= 3 else Pay(closings=0.0, repeat=1.0)
            return super().policy().model_copy(update={"pay": pay})

    scenario = TINY.but({"economy.incentive": 0.1, "customers.rate": 2.0}, months=6)
    market = Market(scenario, rng=1, classes={"adversarial-singleton": Turning})
    seen = set()
    for month in range(1, 7):
        market.step()
        visits = market.table("visits")
        visits = visits[visits["met"] >= 0]
        firms = market.state.salespeople["firm"][visits["seller"]]
        own = np.isin(firms, market.asked("policy"))
        pressure = market.state.conducts["pressure"][visits["conduct"]]
        seen |= {(month > 3, bool(f % 2), round(float(p), 9)) for f, p in zip(firms[own], pressure[own], strict=True)}
    # The strategy's own pressure is .8; pay for repeat business takes .1 off, pay for closings adds as much.
    assert seen == {(False, False, 0.9), (False, True, 0.9), (True, True, 0.9), (True, False, 0.7)}


def test_a_colleague_whose_own_conduct_takes_too_long_leaves_the_first_one_theirs(monkeypatch):
    class Thorough(Salesperson):
        def conduct(self, customer):
            return super().conduct(customer).but(discovery=1.0, markup=0.1 + 0.01 * self.row)

    ended = []

    def finish(state, month, v, colleague, *before):
        ended.append((colleague, finish_waiting(state, month, v, colleague, *before)))

    monkeypatch.setattr(hooks, "finish_waiting", finish)
    scenario = TINY.but({"customers.rate": 3.0, "attention.capacity": 700}, months=8)
    market = Market(scenario, rng=3, classes={"adversarial-herd": Thorough})
    for _ in range(scenario.months):
        market.step()
        meetings = market.meetings().query("price.notna()")
        own = meetings[meetings["salesperson"].isin(market.asked("conduct"))]
        markup = (own["price"] / own["stake"] / market.state.params[0]["unit_cost"] - 1).to_numpy()
        assert markup == pytest.approx(0.1 + 0.01 * own["salesperson"].to_numpy(), abs=1e-3)
    assert any(colleague == seller for colleague, seller in ended)
    assert any(colleague not in (NOBODY, seller) for colleague, seller in ended)


def test_classes_are_refused_where_they_play_nobody():
    for classes, said in (
        ({"customers": UsualSeller}, "names 'customers' for a Salesperson; there it takes adversarial-singleton, "),
        ({"adversarial-herd": UsualCustomer}, "names 'adversarial-herd' for a Customer; there it takes customers"),
        ({"adversarial": UsualFirm}, "names 'adversarial' for a Firm; there it takes adversarial-singleton, "),
        ({"customers": dict}, "it takes subclasses of Customer, Salesperson, Firm"),
        ({"customers": 3}, "has 3 for 'customers'"),
    ):
        with pytest.raises(ValueError, match=f"^`classes` .*{said}"):
            Market(TINY, rng=1, classes=classes)


def test_a_class_without_hooks_is_played_by_the_rules():
    class Named(Customer):
        @property
        def poor(self):
            return self.prosperity < 1

    market = played(TINY, 1, {"customers": Named})
    assert_same(market.result(), run(TINY, 1, orders=True))
    assert len(market.agents_by_type[Named]) == len(market.customers.select(lambda c: isinstance(c.poor, bool)))


def test_a_market_is_pickled_in_the_middle_of_its_months():
    classes = {"customers": UsualCustomer, GROUPS[1]: [UsualSeller, UsualFirm]}
    market = Market(TINY, rng=1, classes=classes)
    market.run_for(9)
    other = pickle.loads(pickle.dumps(market))
    for each in (market, other):
        each.run_for(TINY.months - 9)
        assert_same(each.result(), run(TINY, 1, orders=True))


@pytest.fixture
def batch_run(monkeypatch):
    """Return Mesa's `batch_run`, kept from setting how all later tests start processes."""
    monkeypatch.setattr("multiprocessing.set_start_method", lambda *_, **__: None)
    return mesa.batch_run


class Collected(Market):
    """A market of own classes with a data collector of its own, as `batch_run` wants it."""

    def __init__(self, **dials):
        each = {"deals": "deals"}
        collector = mesa.DataCollector(
            model_reporters={"trust": lambda market: market.customers.agg("trust_general", np.mean)},
            agenttype_reporters={UsualSeller: each, Salesperson: each, UsualCustomer: {"spent": "spent"}},
        )
        classes = {"customers": UsualCustomer, GROUPS[0]: UsualSeller}
        super().__init__(TINY, classes=classes, datacollector=collector, **dials)


def test_own_classes_are_collected_by_type():
    market = Collected(rng=4, months=3)
    market.run_for(3)
    frames = {
        kind: market.datacollector.get_agenttype_vars_dataframe(kind).xs(3, level="Step")
        for kind in (Salesperson, UsualSeller, UsualCustomer)
    }
    monthly = market.result().monthly
    assert frames[Salesperson]["deals"].sum() == monthly["deals"].sum()
    assert frames[UsualSeller]["deals"].sum() == monthly.loc[monthly["group"] == GROUPS[0], "deals"].sum()
    assert frames[UsualCustomer]["spent"].sum() == pytest.approx(market.result().customers["spent"].sum())


def test_batch_run_takes_dials_as_keywords(batch_run):
    parameters = {"word_of_mouth.gossip": [0.0, 0.5], "months": 13, "customers__count": 60}
    rows = batch_run(Market, parameters, rng=[1, 2], display_progress=False)
    assert len(rows) == 4
    for row in rows:
        scenario = Scenario().but(
            {"word_of_mouth.gossip": row["word_of_mouth.gossip"], "customers.count": 60}, months=13
        )
        result = run(scenario, row["rng"])
        assert row["deals"] == result.monthly.query("month == 13")["deals"].sum()
        assert row["profit"] == pytest.approx(result.monthly.query("month == 13")["profit"].sum())


def test_batch_run_without_a_seed_takes_any(batch_run):
    rows = batch_run(Market, {"months": 1, "customers.count": [50, 60]}, display_progress=False)
    assert [row["month"] for row in rows] == [1, 1]
    assert Market(rng=None, months=1).books.seed != Market(rng=None, months=1).books.seed


@pytest.mark.parametrize(
    ("dials", "said"),
    [
        ({"gossip": 1.0}, "gossip"),
        ({"word_of_mouth.gossip": 2.0}, "word_of_mouth.gossip is 2.0"),
        ({"word_of_mouth__talk": 0.1}, "talk"),
        ({"customers": 3}, "customers"),
    ],
)
def test_a_dial_that_is_not_there_or_out_of_range_is_refused_in_one_line(dials, said):
    with pytest.raises(ValueError) as refused:
        Market(**dials)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_dials_may_be_numbers_of_numpy():
    scenario = Market(months=np.int64(3), trust__negativity=np.float64(2.5)).scenario
    assert (scenario.months, scenario.trust.negativity) == (3, 2.5)
