"""Words that sell under another purpose: who may send them."""

from datetime import datetime

import pytest

from regulars.core.errors import Refusal
from regulars.core.models import AuditEntry
from regulars.messaging.actions.messages import write_message
from regulars.messaging.models import Message, Template, TemplateVersion
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer
from tests.factories.messaging import make_version

pytestmark = pytest.mark.django_db

OFFER = "Dear {{ first_name }},\n\n20% off all bread!\n\n{{ signature }}"


def write(version: TemplateVersion, by: Member, at: datetime) -> Message:
    customer = make_customer("Ruth Calloway", email="ruth@x.example", manager=by)
    return write_message(
        customer, version=version, purpose=version.purpose, nonce="1", by=by.actor, at=at
    )


def kept(purpose: str) -> Template:
    return Template.objects.create(
        name="Offer", subject="Bread", body=OFFER, purpose=purpose, created_at=A_DAY,
        updated_at=A_DAY,
    )  # fmt: skip


def test_a_helpers_own_words_that_sell_do_not_leave_as_service(
    helper: Member, at: datetime
) -> None:
    with pytest.raises(Refusal) as no:
        write(make_version(body=OFFER), helper, at)

    assert no.value.sentence == "It is meant to “Serve”, and it sells: “20% off”."
    assert "ask a manager" in no.value.remedy
    assert not Message.objects.exists()


def test_a_helper_sells_where_they_say_so_and_serves_where_nothing_sells(
    helper: Member, at: datetime
) -> None:
    sold, served = write(make_version("sell", body=OFFER), helper, at), make_version()

    write(served, helper, at)

    assert (sold.purpose, Message.objects.count()) == ("sell", 2)


def test_a_manager_may_and_the_audit_keeps_it(manager: Member, at: datetime) -> None:
    message = write(make_version(body=OFFER), manager, at)

    entry = AuditEntry.objects.get(verb="wrote message")
    assert entry.detail == {"customer": message.customer_id, "sells": True}


def test_a_kept_text_passes_in_its_own_purpose_alone(helper: Member, at: datetime) -> None:
    write(make_version(body=OFFER, template=kept("serve")), helper, at)

    with pytest.raises(Refusal):
        write(make_version(body=OFFER, template=kept("sell")), helper, at)

    assert Message.objects.count() == 1
