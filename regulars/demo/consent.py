"""Writing who may be written to, as far as Juniper & Rye has asked: about a third of the list.

And what some of them wish, and the two addresses that nobody writes to any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from regulars.consent.actions import note_purchases, place_by_clock
from regulars.consent.choices import Decision, Purpose, Stopped
from regulars.consent.models import ConsentEvent, ConsentState, Suppression, Wish
from regulars.consent.standing import rebuilt_standing
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint
from regulars.demo.personas import Persona
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.stories import ANSEL, ODILE, RUTH, TOLD
from regulars.orders.queries import last_purchases
from regulars.team.models import Member

EMAIL, TEXT = "email", "text"
ASKED_AT_THE_COUNTER = "Card at the counter: “You may write to me about the bakery.”"
NO_OFFERS = "At the counter: “No offers on my telephone, please.”"
NEWS_ALONE = "By reply: “Tell me what is new, and spare me the offers.”"
WISHING = {
    # Who, by what, about what, at most every so many days.
    RUTH: ("call", [], 14),
    ODILE: ("call", ["inform", "serve"], None),
    ANSEL: ("email", ["educate", "inform"], 30),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one customer decided about one channel."""

    key: str
    channel: str
    decision: Decision
    wording: str
    ago: int
    purpose: str = ""


def decisions(people: Sequence[Persona], scene: Scene) -> list[Said]:
    """Everything that was decided, oldest first."""
    lot = scene.lot("consent")
    said = [
        Said(RUTH, EMAIL, Decision.GRANTED, ASKED_AT_THE_COUNTER, 300),
        Said(RUTH, TEXT, Decision.WITHDRAWN, NO_OFFERS, 206),
        Said(ANSEL, EMAIL, Decision.GRANTED, ASKED_AT_THE_COUNTER, 210),
        Said(ANSEL, EMAIL, Decision.WITHDRAWN, NEWS_ALONE, 160, Purpose.SELL),
    ]
    for person in people:
        if person.key in TOLD or not person.email:
            continue
        asked = lot.randint(20, 360)
        if lot.random() < 0.36:
            said.append(Said(person.key, EMAIL, Decision.GRANTED, ASKED_AT_THE_COUNTER, asked))
        elif lot.random() < 0.1:
            # The old till had a tick for the newsletter, and no memory of who set it.
            said.append(Said(person.key, EMAIL, Decision.CLAIMED, "Newsletter: yes", asked))
        if person.phone.startswith("07700") and lot.random() < 0.6:
            said.append(Said(person.key, TEXT, Decision.GRANTED, ASKED_AT_THE_COUNTER, asked))
        if asked > 200 and lot.random() < 0.05:
            said.append(Said(person.key, EMAIL, Decision.WITHDRAWN, "By reply: “Stop.”", 90))
    return sorted(said, key=lambda one: -one.ago)


@transaction.atomic
def write_consents(
    said: Sequence[Said],
    ids: Mapping[str, int],
    staff: Mapping[str, Member],
    scene: Scene,
    *,
    at: datetime,
) -> None:
    """Write every decision, and where each customer stands now."""
    by = staff["tomasz"]
    ConsentEvent.objects.bulk_create(_event(one, ids, by, scene, at) for one in said)
    theirs = set(ids.values())
    ConsentState.objects.bulk_create(
        state for state in rebuilt_standing() if state.customer_id in theirs
    )
    _write_wishes(ids, at)
    _close_addresses(ids, scene)
    bought = last_purchases().filter(customer_id__in=sorted(theirs))
    note_purchases(bought, at=at)
    place_by_clock(sorted(theirs), at=at)


def _event(
    one: Said, ids: Mapping[str, int], by: Member, scene: Scene, at: datetime
) -> ConsentEvent:
    is_claim = one.decision == Decision.CLAIMED
    moment = scene.moment(scene.ago(one.ago), 11, 0)
    card = f"card {one.key} of {moment.date().isoformat()}"
    return ConsentEvent(
        customer_id=ids[one.key],
        channel=one.channel,
        purpose=one.purpose,
        decision=one.decision,
        source=SOURCE,
        wording=one.wording,
        proof=card if one.decision == Decision.GRANTED else "",
        happened_at=None if is_claim else moment,
        # As if it had been written down on the day itself, so that a later yes counts.
        recorded_at=at if is_claim else moment,
        recorded_by=by,
    )


def _write_wishes(ids: Mapping[str, int], at: datetime) -> None:
    Wish.objects.bulk_create(
        Wish(
            customer_id=ids[key],
            channel=channel,
            topics=topics,
            every_days=days,
            changed_at=at,
            only_for=Wish.as_only_for(topics),
        )
        for key, (channel, topics, days) in WISHING.items()
    )


def _close_addresses(ids: Mapping[str, int], scene: Scene) -> None:
    """Two whose mail came back or who complained, known by the seals of their addresses."""
    told = {ids[key] for key in TOLD}
    points = ContactPoint.objects.filter(kind=PointKind.EMAIL, customer_id__in=ids.values())
    seals = points.exclude(customer_id__in=told).order_by("id").values_list("seal", flat=True)
    for place, why, ago in ((3, Stopped.BOUNCED, 64), (4, Stopped.COMPLAINED, 118)):
        since = scene.moment(scene.ago(ago), 17, 20)
        Suppression.objects.create(channel=EMAIL, seal=seals[place], why=why, since=since)
