"""A file that came in through the real import, so that it can be looked at and undone."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime

from regulars.core.actor import COMMAND
from regulars.demo.personas import Persona
from regulars.demo.scene import SOURCE
from regulars.intake.actions import (
    NewFile,
    begin_import,
    bring_in_now,
    check_now,
    forget_import,
)
from regulars.intake.models import Import
from regulars.team.models import Member

FILE = "christmas-sign-up.csv"
HEADING = ("Name", "E-mail", "Note", "Tags")
TAG = "Christmas box"
NOTED = (
    "Stollen for Christmas Eve.", "A box for two, no nuts.", "Two panettone, one to send away.",
    "Fetches it on the 23rd.", "The same as last year.",
)  # fmt: skip
SIGNED_UP = 10


def bring_a_list_in(
    people: Sequence[Persona], staff: Mapping[str, Member], *, at: datetime
) -> None:
    """Have Tomasz bring in who signed up for Christmas: notes, a tag, and one row without a name.

    Everybody in it is on the list already: what it changes can be taken back.
    """
    by = staff["tomasz"].actor
    content = io.BytesIO(_written(people).encode())
    file = NewFile("customers", FILE, content)
    item = begin_import("customers", [file], by=by, at=at, source=SOURCE)
    check_now(item, by=by, at=at)
    bring_in_now(item, by=by, at=at)


def _written(people: Sequence[Persona]) -> str:
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow(HEADING)
    for at, person in enumerate(_who_signed_up(people)):
        writer.writerow([person.name, person.email, NOTED[at % len(NOTED)], TAG])
    writer.writerow(["", "", "Cannot read the name: ask at the counter.", TAG])
    return held.getvalue()


def _who_signed_up(people: Sequence[Persona]) -> list[Persona]:
    """Some of the crowd of whom nothing is noted yet, each by an address of their own."""
    found = [
        one for one in people
        if one.key[:2] == "Fa" and one.email and not one.household and not one.about
        and not one.card_of
    ]  # fmt: skip
    return found[1 : SIGNED_UP + 1]


def forget_the_list() -> None:
    """Forget what came in with the sample, its file, and the way back."""
    for item in Import.objects.filter(source=SOURCE, state=Import.State.FINISHED):
        forget_import(item, by=COMMAND, at=item.started_at)
