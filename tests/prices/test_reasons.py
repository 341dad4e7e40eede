"""Whom a price undercuts and for whom nothing was done: told by one of us, on the day's list."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.consent.choices import Purpose
from regulars.conversations.actions import take_back_touch
from regulars.core.actor import SYSTEM
from regulars.core.reasons import ReasonDay, reason_sources
from regulars.customers.models import Customer
from regulars.prices.actions.planning import set_aside
from regulars.prices.actions.publishing import publish_price
from regulars.prices.models import Concern, Price
from regulars.prices.reasons import describe, undercut
from regulars.team.models import Member
from tests.factories.conversations import make_touch
from tests.factories.customers import make_customer
from tests.factories.planning import items_of, make_due, plan_today
from tests.factories.prices import bought, make_price

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def asked(at: datetime) -> list[str]:
    rows = undercut(ReasonDay(at.date(), UTC))  # type: ignore[arg-type]
    return sorted(Customer.objects.get(pk=row["customer_id"]).name for row in rows)


def published(owner: Member, amount_minor: int = 400, **over: object) -> Price:
    price = make_price(NOW, amount_minor, **over)  # type: ignore[arg-type]
    publish_price(price, by=owner.actor, at=NOW, anyway="The baker has a new oven.")
    return price


def test_who_paid_more_is_told_by_one_of_us_until_it_is_made_right(owner: Member) -> None:
    ruth, ada = make_customer("Ruth Calloway"), make_customer("Ada Byron")
    for one in (ruth, ada):
        bought(one, NOW.date() - timedelta(days=9), 450)
    bought(make_customer("Paid Less"), NOW.date() - timedelta(days=9), 390)
    planned = make_price(NOW, 410, product="X")

    before = asked(NOW)
    price = published(owner)
    both = asked(NOW)
    # A call about something else says nothing of it; one to make it right does, until taken back.
    make_touch(ruth, NOW + timedelta(hours=5), purpose=Purpose.SERVE)
    still = asked(NOW)
    told = make_touch(ruth, NOW + timedelta(hours=6), purpose=Purpose.RECOVER)
    after = asked(NOW)
    take_back_touch(told, by=SYSTEM, at=NOW + timedelta(hours=7))
    again = asked(NOW)
    Concern.objects.filter(price=price, customer=ada).update(remedy="note", settled_at=NOW)

    assert not planned.is_published
    assert (before, both, still) == ([], ["Ada Byron", "Ruth Calloway"], both)
    assert (after, again, asked(NOW)) == (["Ada Byron"], both, ["Ruth Calloway"])
    assert reason_sources["price_truth"].purpose == "recover"


def test_a_price_that_is_over_or_set_aside_is_no_reason(owner: Member) -> None:
    bought(make_customer("Ruth Calloway"), NOW.date() - timedelta(days=9), 450)
    price = published(owner, closes_on=NOW.date() + timedelta(days=20))

    assert asked(NOW) == ["Ruth Calloway"]
    assert asked(NOW + timedelta(days=21)) == []
    set_aside(price, by=owner.actor, at=NOW)
    assert asked(NOW) == []


def test_it_says_what_they_paid_and_stands_on_todays_list(owner: Member) -> None:
    ruth = make_due("Ruth Calloway", manager=owner)
    bought(ruth, NOW.date() - timedelta(days=9), 900, quantity="2")
    price = published(owner)

    plan_today()

    [item] = items_of(owner)
    assert (item.reason, item.purpose) == ("price_truth", "recover")
    concern = Concern.objects.get(price=price)
    told = describe([str(concern.pk)])[str(concern.pk)]
    assert told.sentence == "Pays £4.50 for “Seeded rye”, which costs everybody £4.00."
    assert told.lines[1].text == "Say what you do about it: £1.00 lie between the two."
    assert told.page == f"/prices/{price.pk}/"
