"""The look before a mailing leaves counts each customer once, whatever stands in their way."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import record_decision
from regulars.consent.choices import Channel, Decision
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.lists.models import HiddenField
from regulars.messaging.choices import MailingState
from regulars.messaging.looking import Look, look_at
from regulars.messaging.models import Mailing
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_household
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


def test_who_lacks_what_is_hidden_from_the_reader_is_not_counted_for_them(
    manager: Member, owner: Member, at: datetime
) -> None:
    """How many have no value tells of it: the note says that some may not get it, and no number."""
    body = BODY.replace("{{ family_name }}", "{{ household }}")
    for name in ("Ruth Calloway", "Ada Abbott"):
        make_customer(name, email=f"{name[:3]}@x.example")
    make_household(Customer.objects.get(name="Ruth Calloway"), name="8 Weir Cottages")
    mailing = make_mailing(at=at, version=make_version(body=body), state=MailingState.DRAFT)
    HiddenField.objects.create(role="manager", field="customer.household", hidden_at=at)

    seen, whole = a_look(mailing, manager)[0], a_look(mailing, owner)[0]

    assert (whole.leaving, seen.leaving) == (1, 2)
    assert seen.sentence == "At most 2 of 2 customers get this."
    assert "1 customer has no “Household”" in whole.findings[0].sentence
    assert [one.sentence for one in seen.findings] == [
        "Who has no “Household” would not get this message; how many is hidden from your role."
    ]
