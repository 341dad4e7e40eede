"""What Juniper & Rye has written: two texts, a mailing that is done, one not approved yet, holds.

Nothing of it can leave: what is done stays done, what waits is held by a hold without an end, and
the addresses are of a domain that nobody can own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from regulars.consent.choices import Decision, Purpose
from regulars.consent.models import ConsentState
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Clock, Touch
from regulars.core.actor import SYSTEM
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.stories import TOLD
from regulars.messaging.actions.texts import bring_starters
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import (
    HoldKind,
    Holds,
    MailingState,
    Result,
    State,
)
from regulars.messaging.models import (
    Attempt,
    Hold,
    Mailing,
    Message,
    Template,
    TemplateVersion,
)
from regulars.messaging.outbox import Claimed
from regulars.messaging.rendering import render_window
from regulars.messaging.texts import compile_version
from regulars.team.models import Business, Member

LIST = "customers-list"
WROTE_AGO = 33
ASKED, REFUSED = 90, 12

_AFTER_THE_FIRE = """{{ greeting }}

the oven room is mended, and we open at seven. What we know: bread, rolls and scones from the first
morning. What we do not know yet: when the cakes come back.

If something was promised to you before the fire, answer this and we put it right.

{{ signature }}
"""
_BEFORE_CHRISTMAS = """{{ greeting }}

orders for Christmas open to everybody on the first of December. You may order from today; answer
this with what you would like.

{{ signature }}
"""
OPEN_AGAIN = "Open again", Purpose.INFORM, "We bake again, {{ first_name }}", _AFTER_THE_FIRE
CHRISTMAS = (
    "Christmas orders, first to you", Purpose.SELL, "Christmas orders: yours come first",
    _BEFORE_CHRISTMAS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reached:
    """A customer to whom the mailing was meant: their address, and what they had said."""

    customer_id: int
    address: str
    seal: str
    decision: str


@transaction.atomic
def write_messages(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, at: datetime
) -> int:
    """Write the sample's texts, mailings, messages and holds; returns how many messages."""
    by = staff["tomasz"]
    if _is_sample():
        bring_starters(by=SYSTEM, at=at)
    version = kept_text(OPEN_AGAIN, by, scene)
    chosen = chosen_for_mail(ids, scene)
    mailing = mailing_to(chosen, version, by, scene, name=_("We bake again"))
    sent = _messages(mailing, chosen, scene)
    alone = _written_alone(version, chosen, staff, scene)
    _draft(kept_text(CHRISTMAS, staff["nora"], scene), staff["nora"], scene)
    freeze_words([one for one in (*sent, *alone) if one.state in _LEFT], scene)
    Message.objects.bulk_create([*sent, *alone], batch_size=500)
    Attempt.objects.bulk_create(attempts_of((*sent, *alone)), batch_size=500)
    Touch.objects.bulk_create(touches_of((*sent, *alone), at), batch_size=500)
    _hold(alone[-1], by, scene)
    return len(sent) + len(alone)


def _is_sample() -> bool:
    return Business.objects.filter(pk=1, is_sample=True).exists()


def kept_text(
    words: tuple[str, Purpose, str, str], by: Member, scene: Scene, *, ago: int = WROTE_AGO
) -> TemplateVersion:
    """A text of the sample, and the version of it that was sent."""
    name, purpose, subject, body = words
    moment = scene.moment(scene.ago(ago), 9, 30)
    kept = Template.objects.create(
        name=name, source=SOURCE, purpose=purpose, subject=subject, body=body,
        created_at=moment, updated_at=moment,
    )  # fmt: skip
    made = compile_version(subject, "", body)
    return TemplateVersion.objects.create(
        template=kept, purpose=purpose, subject=made.subject, preheader=made.preheader, body=body,
        html=made.html, text=made.text, fields=made.fields, has_links=made.has_links,
        sha256=made.sha256, created_at=moment, created_by=by, frozen_at=moment,
    )  # fmt: skip


def chosen_for_mail(ids: Mapping[str, int], scene: Scene) -> list[Reached]:
    """Those who agreed and were in touch since, and some who said no: nobody's day changes."""
    since = scene.moment(scene.ago(WROTE_AGO - 1), 0, 0)
    told = {ids[key] for key in TOLD if key in ids}
    later = Clock.objects.filter(customer=OuterRef("customer"), last_touch_at__gte=since)
    states = ConsentState.objects.filter(
        customer_id__in=sorted(ids.values()), channel="email", purpose=""
    )
    said = states.exclude(customer_id__in=told).order_by("customer_id")
    points = {
        point.customer_id: point
        for point in ContactPoint.objects.filter(
            customer_id__in=sorted(ids.values()), kind=PointKind.EMAIL
        )
    }
    agreed = said.filter(Exists(later), decision=Decision.GRANTED)[:ASKED]
    refused = said.filter(decision=Decision.WITHDRAWN)[:REFUSED]
    return [
        Reached(one.customer_id, points[one.customer_id].normal, points[one.customer_id].seal,
                one.decision)
        for one in (*agreed, *refused)
        if one.customer_id in points
    ]  # fmt: skip


def mailing_to(
    chosen: Sequence[Reached], version: TemplateVersion, by: Member, scene: Scene, *, name: str,
    ago: int = WROTE_AGO,
) -> Mailing:  # fmt: skip
    """One that is done."""
    definition = {"ids": sorted(one.customer_id for one in chosen)}
    moment = scene.moment(scene.ago(ago), 10, 0)
    return Mailing.objects.create(
        name=name, purpose=version.purpose, version=version, audience=LIST,
        definition=definition, audience_words=audiences[LIST].words(definition)[:300],
        state=MailingState.RUNNING, approved_sha256=version.sha256, approved_count=len(chosen),
        approved_at=moment, approved_by=by, expanded_at=moment, created_at=moment, created_by=by,
        source=SOURCE,
    )  # fmt: skip


def _draft(version: TemplateVersion, by: Member, scene: Scene) -> None:
    definition = {"tier": "core"}
    Mailing.objects.create(
        name=version.template.name if version.template else version.subject,
        purpose=version.purpose, version=version, audience=LIST, definition=definition,
        audience_words=audiences[LIST].words(definition), source=SOURCE,
        created_at=scene.moment(scene.ago(1), 16, 10), created_by=by,
    )  # fmt: skip


_LEFT = (State.ACCEPTED, State.BOUNCED, State.UNKNOWN)


def _messages(mailing: Mailing, chosen: Sequence[Reached], scene: Scene) -> list[Message]:
    begun = scene.moment(scene.ago(WROTE_AGO), 10, 1)
    found = []
    for number, one in enumerate(chosen):
        state, why, detail = _fate(number, one)
        found.append(
            message_to(one, mailing.version, mailing.occasion, begun + timedelta(seconds=number),
                     by=mailing.created_by, mailing=mailing, state=state, why=why,
                     why_detail=detail)
        )  # fmt: skip
    return found


def _fate(number: int, one: Reached) -> tuple[State, str, str]:
    if one.decision == Decision.WITHDRAWN:
        return State.SUPPRESSED, "refused", ""
    if number in (17, 41):
        return State.BOUNCED, "bounced", "550 5.1.1 No such mailbox"
    return State.ACCEPTED, "", ""


def _written_alone(
    version: TemplateVersion, chosen: Sequence[Reached], staff: Mapping[str, Member], scene: Scene
) -> list[Message]:
    """One of which nobody knows, one that failed, and one that is held."""
    doubtful, refused, held = chosen[3:6]
    yesterday = scene.moment(scene.ago(1), 15, 20)
    return [
        message_to(doubtful, version, "manual:demo-1", yesterday, by=staff["tomasz"],
                 state=State.UNKNOWN, why="in_doubt"),
        message_to(refused, version, "manual:demo-2", yesterday, by=staff["nora"],
                 state=State.FAILED, why="refused", why_detail="552 Mailbox full"),
        message_to(held, version, "manual:demo-3", yesterday, by=staff["tomasz"],
                 state=State.HELD, why="held"),
    ]  # fmt: skip


def message_to(
    one: Reached, version: TemplateVersion, occasion: str, moment: datetime, *, by: Member | None,
    **over: object,
) -> Message:  # fmt: skip
    return Message(
        id=_key(moment, one.customer_id), customer_id=one.customer_id,
        purpose=version.purpose, occasion=occasion, version=version, address=one.address,
        seal=one.seal, not_before=moment, expires_at=moment + timedelta(days=60),
        created_at=moment, created_by=by, state_at=moment + timedelta(seconds=2), provider="file",
        # Of the attempt that is written beside it; the next one is the second.
        lease_epoch=1, **over,
    )  # fmt: skip


def _key(moment: datetime, number: int) -> UUID:
    """The same key for the same sample, and sorted by time as all keys of messages (RFC 9562)."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | 0x2 << 62 | number)


def freeze_words(messages: Sequence[Message], scene: Scene) -> None:
    """What left was rendered as everything is: from values frozen with it, by its hash."""
    by_key = {one.pk: one for one in messages}
    window = [
        Claimed(
            id=one.pk, epoch=1, customer_id=one.customer_id, channel=one.channel,
            purpose=one.purpose, occasion=one.occasion, mailing_id=one.mailing_id,
            version_id=one.version_id, address=one.address, seal=one.seal,
            created_by_id=one.created_by_id, context={}, content_sha256="", failures=0,
            provider="", provider_key="", not_before=one.not_before,
            expires_at=one.expires_at,
        )
        for one in messages
    ]  # fmt: skip
    letters, _unfit = render_window(window, at=scene.moment(scene.ago(WROTE_AGO), 10, 0))
    for letter in letters:
        one = by_key[letter.claimed.id]
        one.context, one.content_sha256 = dict(letter.context), letter.sha256
        one.provider_key = str(one.pk)


def attempts_of(messages: Iterable[Message]) -> Iterator[Attempt]:
    ends = {
        State.ACCEPTED: (Result.ACCEPTED, "250"),
        State.BOUNCED: (Result.ACCEPTED, "250"),
        State.FAILED: (Result.REFUSED, "552 Mailbox full"),
        State.UNKNOWN: (Result.IN_DOUBT, "timeout"),
    }
    for one in messages:
        if one.state in ends:
            result, code = ends[State(one.state)]
            yield Attempt(
                message=one, epoch=1, begun_at=one.not_before,
                ended_at=one.not_before + timedelta(seconds=2), result=result, code=code,
            )  # fmt: skip


def touches_of(messages: Iterable[Message], at: datetime) -> Iterator[Touch]:
    for one in messages:
        if one.state == State.ACCEPTED and one.customer_id is not None:
            yield Touch(
                customer_id=one.customer_id, channel=one.channel, direction=Direction.OUT,
                purpose=one.purpose, outcome=Outcome.SENT, happened_at=one.not_before,
                recorded_at=at, member=one.created_by, source=SOURCE, message=one,
            )  # fmt: skip


def _hold(message: Message, by: Member, scene: Scene) -> None:
    since = scene.moment(scene.ago(2), 9, 0)
    Hold.objects.create(
        customer_id=message.customer_id, kind=HoldKind.BEREAVEMENT, stops=Holds.ALL,
        why=_("A death in the family. Nobody writes until we have spoken to them."),
        source=SOURCE, since=since, placed_by=by,
    )  # fmt: skip


@transaction.atomic
def take_messages_out() -> None:
    """Remove what the sample had written; a text that you have used yourself stays with it."""
    Hold.objects.filter(source=SOURCE).delete()
    theirs = Mailing.objects.filter(source=SOURCE)
    Message.objects.filter(mailing__in=theirs).delete()
    Message.objects.filter(occasion__startswith="manual:demo-").delete()
    theirs.delete()
    versions = TemplateVersion.objects.filter(template__source=SOURCE)
    in_use = Message.objects.filter(version=OuterRef("pk"))
    mailed = Mailing.objects.filter(version=OuterRef("pk"))
    versions.filter(~Exists(in_use), ~Exists(mailed)).delete()
    Template.objects.filter(source=SOURCE).delete()
    if _is_sample():
        # They came for the sample; what you have changed or used stays.
        came = Template.objects.filter(source__startswith="starter:", versions=None)
        came.filter(updated_at=F("created_at")).delete()
