"""Notes on the desk of Juniper & Rye: one to be worded, one ready, one on paper."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from regulars.demo import stories
from regulars.demo.scene import Scene
from regulars.notes.choices import Hand, NoteState, Source
from regulars.notes.models import Note
from regulars.team.models import Member

# Who is written to, by whom, in which words, by which hand.
TOLD = (
    (
        stories.RUTH, "tomasz", NoteState.WAITING, Hand.FONT,
        "Dear Ruth,\n\nthe seeded rye is back on Thursday. The chair by the radiator is yours.",
    ),
    (
        stories.SAMUEL, "tomasz", NoteState.PRINTED, Hand.PEN,
        "Dear Samuel,\n\nyou were the first at the door when we opened again.\nThank you for that.",
    ),
    (stories.BRYN, "nora", NoteState.WAITING, Hand.FONT, ""),
)  # fmt: skip


@transaction.atomic
def write_notes(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> None:
    """Write down which notes were asked for, and how far each is."""
    asked_at = min(scene.moment(scene.ago(1), 16, 40), at)
    Note.objects.bulk_create(
        Note(
            customer_id=ids[key], writer=staff[who], asked_by=staff[who], state=state, hand=hand,
            words=words, source=Source.CUSTOMER, asked_at=asked_at, state_at=asked_at,
        )
        for key, who, state, hand, words in TOLD
        if key in ids
    )  # fmt: skip
