"""Mail to ourselves: tests, alerts, digests. It passes no gate, and can reach nobody else.

An address cannot be given here: it is read from the row of a member who may sign in. A copied or
restored instance sends nothing, not even this.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from regulars.core import instance
from regulars.messaging.channels.adapters import (
    Outcome,
    StaffCarrier,
    StaffParcel,
    adapter_for,
)
from regulars.messaging.choices import Result
from regulars.messaging.mime import HeaderRefused, build, in_one_part
from regulars.messaging.models import MailServer
from regulars.team.models import Member
from regulars.team.queries import the_named_business

# While mail goes into files only, nobody has said in whose name it goes.
NOBODY = "nobody@regulars.invalid"


@dataclass(frozen=True, slots=True)
class _Letter:
    subject: str
    text: str
    html: str


def send_to_staff(
    members: Iterable[Member],
    server: MailServer,
    *,
    subject: str,
    text: str,
    html: str = "",
    at: datetime,
) -> list[Outcome]:
    """Write to members of the team, now; call it outside any transaction.

    Whoever has left gets nothing. A server that cannot be reached is an outcome, not an error.
    """
    letter = _Letter(subject, text, html)
    ids = [member.pk for member in members]
    current = Member.objects.filter(pk__in=ids, is_active=True).order_by("pk")
    keyed = [(member, uuid4()) for member in current]
    if instance.why_held():
        return [Outcome(key, Result.NOT_SENT, "instance") for _member, key in keyed]
    try:
        parcels = [
            StaffParcel(member, key, _written(member, server, key, letter, at))
            for member, key in keyed
        ]
        carrier: StaffCarrier = adapter_for(server)  # type: ignore[assignment]
    except HeaderRefused as error:
        return [Outcome(key, Result.REFUSED, f"bad_address {error}") for _member, key in keyed]
    try:
        return list(carrier.hand_to_staff(parcels))
    finally:
        carrier.close()


def _written(member: Member, server: MailServer, key: UUID, letter: _Letter, at: datetime) -> bytes:
    if letter.html:
        write = partial(build, letter)
    else:
        write = partial(in_one_part, letter.subject, letter.text)
    return write(
        from_name=server.from_name or the_named_business().name,
        from_address=server.from_address or NOBODY,
        to_name=member.name,
        to_address=member.email,
        message_id=str(key),
        date=at,
    )
