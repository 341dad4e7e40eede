"""By which ways a wave may be told: e-mail, letters, calls; each one that is shut is refused."""

import html
import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from regulars.consent.choices import Decision
from regulars.core.reasons import ReasonDay
from regulars.customers.models import Customer
from regulars.messaging.models import Mailing
from regulars.offers.actions.planning import choose_ways
from regulars.offers.actions.posting import note_posted
from regulars.offers.actions.telling import tell_wave
from regulars.offers.choices import Way
from regulars.offers.errors import WayClosed
from regulars.offers.models import Chosen, Wave
from regulars.offers.queries.letters import letters_of
from regulars.offers.reasons import early_access
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.offers import a_wave, make_offer
from tests.offers.test_letters import by_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
EVERY = tuple(Way)


def first_wave(at: datetime, *ways: Way) -> Wave:
    return make_offer(at, a_wave(at, 0, "core", ways=ways), a_wave(at, 7)).waves.get(tiers=["core"])


def told_by(wave: Wave, ruth: Customer, owner: Member, at: datetime) -> set[Way]:
    """By which ways a wave can be told in the end, each tried."""
    able = set()
    asked = ReasonDay(at.date(), ZoneInfo("UTC"))
    if {row["customer_id"] for row in early_access(asked)} == {ruth.pk}:
        able.add(Way.CALL)
    if letters_of(wave, owner.actor, at).customers == [ruth]:
        able.add(Way.LETTER)
    try:
        tell_wave(wave, subject="First", body="{{ offer_code }}", by=owner.actor, at=at)
        able.add(Way.EMAIL)
    except WayClosed:
        assert not Mailing.objects.exists()
    return able


@pytest.mark.parametrize(
    "ways", [EVERY, EVERY[:1], EVERY[1:2], EVERY[2:], ()],
    ids=["every", "email", "letter", "call", "none"],
)  # fmt: skip
def test_a_wave_is_told_by_its_own_ways_alone(
    owner: Member, at: datetime, ways: tuple[Way, ...]
) -> None:
    ruth = by_post("Ruth Calloway")
    wave = first_wave(at, *ways)

    assert told_by(wave, ruth, owner, at) == set(ways)
    # On their own page it stands in any case.
    assert type(wave.offer).objects.visible_to(ruth, at).exists()


def test_letters_cannot_be_noted_where_the_way_was_shut_meanwhile(
    owner: Member, at: datetime
) -> None:
    ruth, wave = by_post("Ruth Calloway"), first_wave(at, *EVERY)
    choose_ways(wave, [Way.CALL], by=owner.actor, at=at)

    with pytest.raises(WayClosed, match="is not told by letter"):
        note_posted(Wave.objects.get(pk=wave.pk), [ruth.pk], by=owner.actor, at=at)
    assert not Chosen.objects.filter(posted_at__isnull=False).exists()


def test_nobody_gets_a_letter_of_the_public(at: datetime) -> None:
    public = make_offer(at).waves.get(is_public=True)

    assert public.ways == [Way.EMAIL, Way.CALL]


def test_the_ways_are_chosen_with_the_wave_and_changed_later_with_an_undo(
    client_of: ClientOf, owner: Member, manager: Member, helper: Member, at: datetime
) -> None:
    by_post("Ruth Calloway")
    make_decision(by_post("Said No"), "letter", Decision.WITHDRAWN)
    wave = first_wave(at, Way.EMAIL, Way.LETTER)
    here, page = client_of(owner), f"/offers/{wave.offer_id}/"
    assert "They may be told by e-mail, by letter." in words_of(here, page)

    kept = here.post(f"/offers/waves/{wave.pk}/ways", {"ways": ["call"]}, follow=True)

    shown = words_of(here, page)
    assert "They may be told by calls." in shown
    links = here.get(page).content.decode()
    assert f"/offers/waves/{wave.pk}/ways" in links
    assert not re.search(rf"/offers/waves/{wave.pk}/(tell|letters)", links)
    assert "is not told by e-mail" in words_of(here, f"/offers/waves/{wave.pk}/tell")
    assert "is not told by letter" in words_of(here, f"/offers/waves/{wave.pk}/letters")
    [undo] = set(re.findall(rf"/offers/waves/{wave.pk}/ways/back/[a-z-]+", kept.content.decode()))
    here.post(undo)
    assert Wave.objects.get(pk=wave.pk).ways == [Way.EMAIL, Way.LETTER]

    assert here.post(f"/offers/waves/{wave.pk}/ways", {"ways": ["drum"]}).status_code == 422
    assert client_of(helper).post(f"/offers/waves/{wave.pk}/ways", {}).status_code == 403
    assert Wave.objects.get(pk=wave.pk).ways == [Way.EMAIL, Way.LETTER]
    here.post(f"/offers/waves/{wave.pk}/ways", {})
    assert "Nobody writes or calls: it stands on their page." in words_of(here, page)


def words_of(here: Client, path: str) -> str:
    """What stands on a page, without its tags."""
    text = re.sub("<[^>]+>", " ", here.get(path).content.decode())
    return html.unescape(" ".join(text.split()))
