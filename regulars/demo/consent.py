"""Writing who may be written to, as far as Juniper & Rye has asked: about a third of the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState
from regulars.demo.personas import Persona
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.stories import RUTH, TOLD
from regulars.team.models import Member

EMAIL, TEXT = "email", "text"
ASKED_AT_THE_COUNTER = "Card at the counter: “You may write to me about the bakery.”"
NO_OFFERS = "At the counter: “No offers on my telephone, please.”"


@dataclass(frozen=True, slots=True)
class Said:
    """What one customer decided about one channel."""

    key: str
    channel: str
    decision: Decision
    wording: str
    ago: int


def decisions(people: Sequence[Persona], scene: Scene) -> list[Said]:
    """Everything that was decided, oldest first."""
    lot = scene.lot("consent")
    said = [
        Said(RUTH, EMAIL, Decision.GRANTED, ASKED_AT_THE_COUNTER, 300),
        Said(RUTH, TEXT, Decision.WITHDRAWN, NO_OFFERS, 206),
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
    events = [
        ConsentEvent(
            customer_id=ids[one.key],
            channel=one.channel,
            decision=one.decision,
            source=SOURCE,
            wording=one.wording,
            happened_at=None
            if one.decision == Decision.CLAIMED
            else scene.moment(scene.ago(one.ago), 11, 0),
            recorded_at=at,
            recorded_by=by,
        )
        for one in said
    ]
    ConsentEvent.objects.bulk_create(events)
    standing = {(event.customer_id, event.channel): event for event in events}
    ConsentState.objects.bulk_create(
        ConsentState(
            customer_id=customer_id,
            channel=channel,
            decision=event.decision,
            changed_at=event.happened_at or at,
        )
        for (customer_id, channel), event in standing.items()
    )
