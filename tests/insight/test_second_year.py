"""What the year after coming back would bring of somebody who stayed away."""

from datetime import date, timedelta

from regulars.insight.calendar import OpenDays
from regulars.insight.chances import History, Pattern, expectation
from regulars.insight.models import CustomerFacts, Refresh
from regulars.insight.queries import expected_of, second_year_of

TODAY = date(2026, 11, 24)
GROUP = {
    "pattern": Pattern(regularity=2, r=2.0, alpha=30.0, a=1.2, b=8.0).as_dict(),
    "spend_minor": 1_000, "is_a_guess": False,
}  # fmt: skip


def test_a_second_life_is_told_as_if_they_bought_again_today() -> None:
    days = OpenDays([])
    refresh = Refresh(rhythm={"groups": {"person": GROUP}, "season": [1.0] * 12})
    facts = CustomerFacts(
        purchase_count=10, first_on=TODAY - timedelta(days=280),
        last_on=TODAY - timedelta(days=100), spend_minor=10_000,
    )  # fmt: skip

    back = second_year_of(facts, "person", TODAY, days, refresh=refresh)
    silent = expected_of(facts, "person", TODAY, days, refresh=refresh, ahead_days=365)
    by_hand = expectation(
        GROUP, History(repeats=10, span=280, silence=0, ahead=365), spend_minor=11_000,
        ahead_days=365,
    )  # fmt: skip

    assert back == by_hand
    assert silent is not None
    assert back is not None
    assert back.purchases > silent.purchases > 0
    assert (facts.purchase_count, facts.last_on) == (10, TODAY - timedelta(days=100))
    assert second_year_of(CustomerFacts(), "person", TODAY, days, refresh=refresh) is None
