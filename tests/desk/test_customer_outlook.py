"""What to expect of a customer, at the side of their page."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from regulars.insight.chances import Pattern
from regulars.insight.models import Refresh
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.desk.test_customers import SignIn, words
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts

pytestmark = pytest.mark.django_db

PATTERN = Pattern(regularity=4, r=5.0, alpha=20.0, a=0.3, b=2.7)


def counted(at: datetime, *, is_a_guess: bool = False) -> None:
    group: dict[str, Any] = {
        "pattern": PATTERN.as_dict(),
        "spend_minor": 1000,
        "is_a_guess": is_a_guess,
    }
    Refresh.objects.create(
        as_of=at.date(), engine="none", ended_at=at, seconds=1, customer_count=1, order_count=1,
        changed_count=1, rhythm={"groups": {"person": group}, "season": [1.0] * 12},
    )  # fmt: skip


def make_weekly(at: datetime, manager: Member, away: int) -> int:
    """Forty purchases, a week apart, for twenty pounds each."""
    last = at.date() - timedelta(days=away)
    one = make_customer("Ruth Calloway", manager=manager)
    make_facts(
        one, purchase_count=40, first_on=last - timedelta(days=273), last_on=last,
        spend_minor=80_000,
    )  # fmt: skip
    return one.pk


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (
            1,
            (
                "Still a customer 99 in 100",
                "Back within 60 days 99 in 100",
                "They may spend about £",
            ),
        ),
        (60, ("Still a customer fewer than 1 in 10", "probably none")),
    ],
    ids=["yesterday", "two months ago"],
)
def test_the_page_says_what_to_expect_and_how_sure_that_is(
    owner: Member, client_of: SignIn, at: datetime, away: int, said: tuple[str, ...]
) -> None:
    counted(at)

    page = words(client_of(owner), f"/customers/{make_weekly(at, owner, away)}/")

    page = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    for one in (*said, "From 39 gaps of their own"):
        assert one in page, one
    # What probably nothing brings is not told in pence.
    assert ("They may spend" in page) == (away == 1)


def test_too_few_to_tell_is_said(owner: Member, client_of: SignIn, at: datetime) -> None:
    counted(at, is_a_guess=True)

    page = words(client_of(owner), f"/customers/{make_weekly(at, owner, 1)}/")

    assert "Too few purchases in all to tell" in page
    assert "Still a customer" not in page


def test_nothing_is_said_before_a_count_and_of_who_never_bought(
    owner: Member, client_of: SignIn, at: datetime
) -> None:
    weekly = make_weekly(at, owner, 1)
    before = words(client_of(owner), f"/customers/{weekly}/")
    counted(at)
    never = make_customer("Nobody yet", manager=owner)
    make_facts(never, purchase_count=0, first_on=None, last_on=None)

    after = words(client_of(owner), f"/customers/{never.pk}/")

    assert "What to expect" not in before
    assert "What to expect" not in after


@pytest.mark.parametrize(
    ("field", "expects", "spends"),
    [("insight.doubtful_on", False, False), ("insight.year_spend", True, False)],
    ids=["the rhythm", "the money"],
)
def test_what_is_hidden_from_a_role_is_not_told(
    manager: Member, client_of: SignIn, at: datetime, field: str, expects: bool, spends: bool
) -> None:
    counted(at)
    HiddenField.objects.create(role="manager", field=field, hidden_at=at)

    page = words(client_of(manager), f"/customers/{make_weekly(at, manager, 1)}/")

    assert ("What to expect" in page) == expects
    assert ("They may spend" in page) == spends
