"""Writing the timeline: every touch, and for each customer when the last real one was."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from regulars.consent.choices import PERSONAL, Decision
from regulars.conversations.choices import Outcome
from regulars.conversations.models import Clock, Touch
from regulars.demo.consent import TEXT, Said
from regulars.demo.orders import Sale, spent_in_a_year
from regulars.demo.personas import Persona
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.told import OTHERS, RUTHS
from regulars.demo.touches import Contact, after_the_fire, kept_warm, usual_contacts
from regulars.team.models import Member


def contacts(
    people: Sequence[Persona], till: Sequence[Sale], said: Sequence[Said], scene: Scene
) -> list[Contact]:
    """Every touch of two years, oldest first."""
    texted = [one.key for one in said if one.channel == TEXT and one.decision == Decision.GRANTED]
    every = [
        *RUTHS,
        *OTHERS,
        *usual_contacts(people, scene),
        *after_the_fire(people, texted, scene),
        *kept_warm(people, spent_in_a_year(till, scene), scene),
    ]
    return sorted(every, key=lambda one: (-one.ago, one.hour, one.minute, one.key))


@transaction.atomic
def write_touches(
    every: Sequence[Contact],
    ids: Mapping[str, int],
    staff: Mapping[str, Member],
    scene: Scene,
    *,
    at: datetime,
) -> None:
    """Write all touches, and the clock of each customer from the last of them that was real."""
    touches = [_touch(contact, ids, staff, scene, at) for contact in every]
    Touch.objects.bulk_create(touches, batch_size=500)
    real = [touch for touch in touches if touch.outcome != Outcome.NO_ANSWER]
    last = {touch.customer_id: touch for touch in real}
    personal = {t.customer_id: t.happened_at for t in real if t.channel in PERSONAL}
    Clock.objects.bulk_create(
        Clock(
            customer_id=pk,
            last_touch_at=touch.happened_at,
            last_channel=touch.channel,
            last_personal_at=personal.get(pk),
        )
        for pk, touch in last.items()
    )


def _touch(
    contact: Contact,
    ids: Mapping[str, int],
    staff: Mapping[str, Member],
    scene: Scene,
    at: datetime,
) -> Touch:
    happened_at = scene.moment(scene.ago(contact.ago), contact.hour, contact.minute)
    return Touch(
        customer_id=ids[contact.key],
        channel=contact.channel,
        direction=contact.direction,
        purpose=contact.purpose,
        outcome=contact.outcome,
        happened_at=happened_at,
        recorded_at=at,
        member=staff[contact.who],
        body=contact.body,
        said=contact.said,
        minutes=contact.minutes,
        source=SOURCE,
    )
