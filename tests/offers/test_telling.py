"""Telling a wave by one mailing, never before the opening, and what came of it."""

import email
import email.policy
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core import clock
from regulars.core.errors import NotAllowed, Refusal
from regulars.customers.choices import PointKind
from regulars.messaging import sending
from regulars.messaging.actions.mailings import approve_mailing
from regulars.messaging.actions.texts import use_words
from regulars.messaging.expanding import expand
from regulars.messaging.linting import Written, grave_findings
from regulars.messaging.models import Mailing, Message, Standing, Switch
from regulars.offers.actions.planning import end_offer
from regulars.offers.actions.telling import tell_wave
from regulars.offers.codes import field_of, spelled
from regulars.offers.errors import OfferFixed, OfferOver, OfferUnclear
from regulars.offers.models import Wave
from regulars.offers.queries.first import why_not
from regulars.offers.queries.offers import uptake_of
from regulars.offers.queries.told import customers_of
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_point
from tests.factories.messaging import Carrier, make_message
from tests.factories.offers import DAY, a_wave, make_offer
from tests.offers.test_redeeming import code_of, of_tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

BODY = "{{ greeting }}\n\nYour code is {{ offer_code }}.\n\n{{ signature }}"


def reached(name: str, tier: str) -> Any:
    """Somebody who may be sold to, by e-mail, and was served often enough for that."""
    customer = of_tier(name, tier)
    make_point(customer, PointKind.EMAIL, f"{name[:3].lower()}@mail.example")
    make_decision(customer, purpose="sell")
    Standing.objects.create(customer=customer, balance=9)
    return customer


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    kept = Carrier()
    monkeypatch.setattr(sending, "adapter_for", lambda _server: kept)
    return kept


def read(carrier: Carrier) -> list[str]:
    """The plain words of each mail that was carried."""
    mails = [
        email.message_from_bytes(parcel.raw, policy=email.policy.default)
        for parcel in carrier.carried
    ]
    bodies = [mail.get_body(("plain",)) for mail in mails]
    return [str(one.get_content()) for one in bodies if one is not None]


def test_a_wave_is_told_once_it_is_open_and_each_reads_their_own_code(
    carrier: Carrier, owner: Member, at: datetime
) -> None:
    ruth, ada = reached("Ruth Calloway", "core"), reached("Ada Byron", "active")
    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 2, "active"), a_wave(at, 5))
    waves = list(Wave.objects.filter(offer=offer).in_order())

    for wave in waves[:2]:
        mailing = tell_wave(wave, subject="First", body=BODY, by=owner.actor, at=at)
        assert (mailing.purpose, mailing.not_before) == ("sell", max(at, wave.opens_at))
        expand(approve_mailing(mailing, seen_count=1, by=owner.actor, at=at), at=at)
    sending.drain()
    first = read(carrier)
    with clock.stopped_at(at + 2 * DAY):
        # The sender was awake all the time: nothing has to be looked at by a person.
        Switch.objects.update(last_awake_at=at + 2 * DAY)
        sending.drain()
    second = read(carrier)[1:]

    assert (len(first), len(second)) == (1, 1)
    assert spelled(code_of(offer, ruth)) in first[0]
    assert spelled(code_of(offer, ada)) in second[0]
    told = [one.told for one in uptake_of(offer)]
    assert [(one.count, one.first_at) if one else None for one in told] == [
        (1, at), (1, at + 2 * DAY), None,
    ]  # fmt: skip
    assert "They were told of it" in " ".join(why_not(offer, ruth, at))


def test_who_is_not_in_the_wave_gets_nothing_by_a_text_with_its_code(
    carrier: Carrier, owner: Member, at: datetime
) -> None:
    ada = reached("Ada Byron", "active")
    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 2, "active"))
    version = use_words(
        subject="Psst", body=BODY.replace("offer_code", field_of(offer.pk)), purpose="sell",
        by=owner.actor, at=at,
    )  # fmt: skip
    make_message(ada, at=at, version=version, purpose="sell", occasion="manual:1")

    sending.drain()

    assert (carrier.carried, Message.objects.get().why) == ([], "empty_field")


def test_the_public_wave_means_who_is_in_no_other(owner: Member, at: datetime) -> None:
    of_tier("Ruth Calloway", "core")
    old = of_tier("Old Friend", "lost")
    offer = make_offer(at)

    public = Wave.objects.get(offer=offer, is_public=True)

    assert list(customers_of(public)) == [old]


def test_before_a_live_wave_opens_its_mailing_counts_who_fits_now(
    owner: Member, at: datetime
) -> None:
    ruth = of_tier("Ruth Calloway", "core")
    wave = make_offer(at, a_wave(at, 3, "core", is_live=True)).waves.get()

    assert list(customers_of(wave)) == [ruth]


@pytest.mark.parametrize("purpose", ["serve", "thank", "inform"])
@pytest.mark.parametrize("mark", ["{{ offer_code }}", "[here]({{ offer_link }})"])
def test_a_text_with_an_offer_sells_whatever_it_says_it_is_for(
    owner: Member, at: datetime, purpose: str, mark: str
) -> None:
    body = f"{{{{ greeting }}}}\n\nThank you. {mark}\n\n{{{{ signature }}}}"

    with pytest.raises(Refusal, match="it sells"):
        use_words(subject="Thanks", body=body, purpose=purpose, by=owner.actor, at=at)
    found = grave_findings(Written("Thanks", "", body, purpose))

    assert [one.code for one in found] == ["sells"]
    sold = use_words(subject="Thanks", body=body, purpose="sell", by=owner.actor, at=at)
    assert sold.purpose == "sell"


def test_what_cannot_be_told_is_refused_with_the_reason(
    owner: Member, helper: Member, at: datetime
) -> None:
    of_tier("Ruth Calloway", "core")
    offer = make_offer(at)
    wave = offer.waves.get(is_public=False)

    with pytest.raises(OfferUnclear, match="how they use it"):
        tell_wave(wave, subject="Hello", body="Come by.", by=owner.actor, at=at)
    with pytest.raises(NotAllowed):
        tell_wave(wave, subject="Hello", body=BODY, by=helper.actor, at=at)
    draft = tell_wave(wave, subject="Hello", body=BODY, by=owner.actor, at=at)
    again = tell_wave(wave, subject="Hello again", body=BODY, by=owner.actor, at=at)
    assert Mailing.objects.get(pk=draft.pk).state == "cancelled"
    approve_mailing(again, seen_count=1, by=owner.actor, at=at)
    with pytest.raises(OfferFixed, match="told already"):
        tell_wave(wave, subject="Thrice", body=BODY, by=owner.actor, at=at)
    end_offer(offer, by=owner.actor, at=at)
    with pytest.raises(OfferOver):
        tell_wave(wave, subject="Late", body=BODY, by=owner.actor, at=at)


def test_from_the_offer_to_the_look_before_it_leaves(
    client_of: Callable[[Member], Client], owner: Member, helper: Member, at: datetime
) -> None:
    reached("Ruth Calloway", "core")
    wave = make_offer(at, a_wave(at, 2, "core"), a_wave(at, 5)).waves.get(is_public=False)
    here, path = client_of(owner), f"/offers/waves/{wave.pk}/tell"

    page = here.get(path).content.decode()
    bad = here.post(path, {"subject": "", "body": "x"})
    sent = here.post(path, {"subject": "Yours first", "body": BODY}, follow=True)

    assert "not before" in page
    assert "{{ offer_code }}" in page
    assert bad.status_code == 422
    assert "wave “core” of “A fifth off the rye”" in sent.content.decode()
    assert "waits for your approval" in here.get(f"/offers/{wave.offer_id}/").content.decode()
    assert client_of(helper).get(path).status_code == 403


def test_telling_asks_the_same_however_many_waves_there_are(at: datetime) -> None:
    of_tier("Ruth Calloway", "core")
    counts = []
    for waves in ((a_wave(at, 0, "core"),), (a_wave(at, 0, "core"), a_wave(at, 1, "active"),
                                             a_wave(at, 2))):  # fmt: skip
        offer = make_offer(at, *waves)
        with CaptureQueriesContext(connection) as seen:
            uptake_of(offer)
        counts.append(len(seen))

    assert counts[0] == counts[1]
