"""The look before a mailing leaves counts each customer once, whatever stands in their way."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import record_decision
from regulars.consent.choices import Channel, Decision
from regulars.core.actor import SYSTEM
from regulars.messaging.choices import MailingState
from regulars.messaging.looking import Look, look_at
from regulars.messaging.models import Mailing
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_mailing, make_version
from tests.messaging.audience import these

pytestmark = pytest.mark.django_db
BODY = "Dear {{ first_name }} {{ family_name }},\n\nwe open at seven.\n\n{{ signature }}"


@pytest.fixture(autouse=True)
def _known_audience() -> Iterator[None]:
    with these():
        yield


def a_look(mailing: Mailing, member: Member) -> tuple[Look, int]:
    """The look, and how often the gate was asked for it."""
    with CaptureQueriesContext(connection) as asked:
        look = look_at(mailing, as_seen_by=member, shown_id="")
    return look, sum("judged GROUP BY code" in one["sql"] for one in asked.captured_queries)


def a_draft(at: datetime) -> Mailing:
    return make_mailing(at=at, version=make_version("thank", body=BODY), state=MailingState.DRAFT)


def test_who_lacks_two_things_or_may_not_be_written_to_anyway_is_counted_once(
    manager: Member, at: datetime
) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example")
    make_customer("Mill School", kind="organisation", email="mill@x.example")
    refuses = make_customer("Weir School", kind="organisation", email="weir@x.example")
    make_customer("Lock School", kind="organisation")
    record_decision(
        [refuses.pk], Channel.EMAIL, Decision.WITHDRAWN, source="desk", by=SYSTEM, at=at
    )

    look, gates = a_look(a_draft(at), manager)

    assert (look.total, look.will, look.leaving) == (4, 1, 1)
    assert sorted(one.count for one in look.never) == [1, 1, 1]
    assert gates == 2


def test_where_nobody_lacks_what_the_text_says_the_gate_is_asked_once(
    manager: Member, at: datetime
) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example")
    make_customer("Thea Abernathy")

    look, gates = a_look(a_draft(at), manager)

    assert (look.total, look.will, gates) == (2, 1, 1)
    assert [one.count for one in look.never] == [1]
