"""Who writes down what customers decided and wish: nobody who may only look."""

from datetime import datetime
from typing import Any

import pytest

from regulars.consent.actions import (
    record_decision,
    record_decisions,
    set_wishes,
    suppress,
    void_links,
)
from regulars.consent.choices import Decision, Stopped
from regulars.consent.deciding import Given
from regulars.consent.models import ConsentEvent, Suppression, Wish
from regulars.core.errors import NotAllowed
from regulars.portal.visits import THEMSELVES
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


def test_a_viewer_changes_nothing(viewer: Member, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    told: dict[str, Any] = {"by": viewer.actor, "at": at}
    for change in (
        lambda: record_decision([ruth.pk], "email", Decision.WITHDRAWN, source="desk", **told),
        lambda: record_decisions([Given(ruth.pk, "desk")], "email", Decision.WITHDRAWN, **told),
        lambda: suppress("email", "a" * 32, Stopped.STAFF, **told),
        lambda: set_wishes(ruth, topics=["thank"], **told),
        lambda: void_links(ruth, **told),
    ):
        with pytest.raises(NotAllowed):
            change()

    assert not ConsentEvent.objects.exists()
    assert not Suppression.objects.exists()
    assert not Wish.objects.filter(customer=ruth, topics=["thank"]).exists()


def test_a_helper_keeps_wishes_of_those_in_their_care(
    helper: Member, owner: Member, at: datetime
) -> None:
    theirs = make_customer("Ruth Calloway", manager=helper)
    other = make_customer("Lena Ortiz", manager=owner)

    set_wishes(theirs, by=helper.actor, at=at, every_days=30)
    void_links(theirs, by=helper.actor, at=at)
    with pytest.raises(NotAllowed):
        set_wishes(other, by=helper.actor, at=at, every_days=30)
    with pytest.raises(NotAllowed):
        void_links(other, by=helper.actor, at=at)

    assert list(Wish.objects.exclude(every_days=None).values_list("customer", flat=True)) == [
        theirs.pk
    ]


def test_customers_decide_for_themselves(at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")

    set_wishes(ruth, by=THEMSELVES, at=at, every_days=30)
    count = record_decision(
        [ruth.pk], "email", Decision.WITHDRAWN, source="link", by=THEMSELVES, at=at
    )

    assert count == 1
