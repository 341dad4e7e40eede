"""Which touches reset the clock, and by which worth: every way in which we are in touch."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from regulars.bulletins.actions.sending import note_posted as note_bulletins_posted
from regulars.bulletins.models import Owed
from regulars.consent.choices import Channel
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Clock
from regulars.core import clock, jobs
from regulars.core.events import deliver_events
from regulars.customers.models import Customer
from regulars.messaging import sending
from regulars.notes.actions.posting import post_notes, print_notes
from regulars.offers.actions.posting import note_posted as note_wave_posted
from regulars.offers.models import Chosen
from regulars.planning.agreeing import Whose, agree_on
from regulars.planning.choices import Worth
from regulars.planning.models import NextContact
from regulars.team.models import Business, Member
from tests.factories.bulletins import make_bulletin, make_version
from tests.factories.consent import make_decision
from tests.factories.conversations import make_touch
from tests.factories.intake import bring
from tests.factories.messaging import Carrier, make_mailing, make_message
from tests.factories.messaging import make_version as a_text
from tests.factories.notes import at_home, make_note
from tests.factories.offers import a_wave, make_offer
from tests.factories.planning import TODAY, make_facts

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-11-24T12:00:00+00:00")
CAME = date(2026, 11, 2)
ANY_DAYS, PERSONAL_DAYS = 60, 20


def by_hand(channel: Channel, **over: Any) -> Callable[[Customer, Member], None]:
    """Somebody wrote it down."""

    def log(customer: Customer, owner: Member) -> None:
        make_touch(customer, NOON, by=owner.actor, channel=channel, outcome=Outcome.SENT, **over)

    return log


def note_from_the_desk(customer: Customer, owner: Member) -> None:
    note = make_note(customer, owner, NOON)
    print_notes([note.pk], by=owner.actor, at=NOON)
    post_notes([note.pk], by=owner.actor, at=NOON)


def letter_of_a_bulletin(customer: Customer, owner: Member) -> None:
    bulletin = make_bulletin(NOON, by=owner.actor)
    version = make_version(bulletin, NOON, by=owner.actor)
    owed = Owed.objects.create(
        bulletin=bulletin, version=version, customer=customer, by="letter", owed_at=NOON
    )
    note_bulletins_posted(bulletin, [owed.pk], by=owner.actor, at=NOON)


def letter_to_a_wave(customer: Customer, owner: Member) -> None:
    offer = make_offer(NOON, a_wave(NOON, 0, "core"))
    wave = offer.waves.get()
    Chosen.objects.get_or_create(
        offer=offer, wave=wave, customer=customer, defaults={"since_at": NOON}
    )
    assert note_wave_posted(wave, [customer.pk], by=owner.actor, at=NOON) == 1


def message_alone(customer: Customer, _owner: Member) -> None:
    make_message(customer, at=NOON)


def message_of_a_mailing(customer: Customer, _owner: Member) -> None:
    text = a_text()
    mailing = make_mailing(at=NOON, version=text)
    make_message(customer, at=NOON, version=text, mailing=mailing, occasion=mailing.occasion)


def from_a_file(customer: Customer, _owner: Member) -> None:
    bring(
        "touches", f"Id,Date,Type,Direction,Name\n1,2026-11-24 12:00,Letter,Out,{customer.name}\n"
    )


IN_PERSON, IN_WRITING = TODAY + timedelta(PERSONAL_DAYS), CAME + timedelta(PERSONAL_DAYS)
WAYS = [
    ("a visit", by_hand(Channel.VISIT), "visit", IN_PERSON),
    ("a call", by_hand(Channel.CALL), "call", IN_PERSON),
    ("a note by hand", by_hand(Channel.NOTE), "note", IN_PERSON),
    ("a note from the desk", note_from_the_desk, "note", IN_PERSON),
    ("a call from them", by_hand(Channel.CALL, direction=Direction.IN), "call", IN_PERSON),
    ("an e-mail of one's own", by_hand(Channel.EMAIL), "email", IN_WRITING),
    ("a text of one's own", by_hand(Channel.TEXT), "text", IN_WRITING),
    ("a chat", by_hand(Channel.CHAT), "chat", IN_WRITING),
    ("a word in public", by_hand(Channel.SOCIAL), "social", IN_WRITING),
    ("a letter to one", by_hand(Channel.LETTER), "letter", IN_WRITING),
    ("a letter of a bulletin", letter_of_a_bulletin, "letter", IN_WRITING),
    ("a letter to a wave", letter_to_a_wave, "letter", IN_WRITING),
    ("a message to one", message_alone, "email", IN_WRITING),
    ("a message of a mailing", message_of_a_mailing, "email", IN_WRITING),
    ("a letter in a file", from_a_file, "letter", IN_WRITING),
]


@pytest.mark.parametrize(("way", "channel", "due_on"), [one[1:] for one in WAYS],
                         ids=[one[0] for one in WAYS])  # fmt: skip
def test_each_touch_resets_the_clock_by_its_worth(
    business: Business, owner: Member, monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Customer, Member], None], channel: str, due_on: date,
) -> None:  # fmt: skip
    monkeypatch.setattr(sending, "adapter_for", lambda _server: Carrier())
    business.live_since = datetime.combine(CAME, NOON.timetz())
    business.save()
    ruth = at_home("Ruth Calloway", manager=owner, email="ruth@mail.example", since_on=CAME)
    make_facts(ruth)
    make_decision(ruth)
    for worth, days in ((Worth.ANY, ANY_DAYS), (Worth.PERSONAL, PERSONAL_DAYS)):
        whose = Whose(customer_id=ruth.pk, worth=worth)
        agree_on(whose, at_least=days, at_most=None, by=owner.actor, at=NOON)

    with clock.stopped_at(NOON):
        way(ruth, owner)
        sending.drain()
        while deliver_events(at=NOON):
            pass
        jobs.run_now("planning.next_contacts", at=NOON)

    told = Clock.objects.get(customer=ruth)
    is_personal = due_on == IN_PERSON
    assert (told.last_touch_at, told.last_channel) == (NOON, channel)
    assert told.last_personal_at == (NOON if is_personal else None)
    assert NextContact.objects.get(customer=ruth).due_on == due_on
