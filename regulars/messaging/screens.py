"""What screens say of messages and mailings: sentences, bars, the text as it was."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from regulars.core.actor import Actor
from regulars.core.template_fields import hidden_of
from regulars.core.templatetags.look import number
from regulars.messaging.choices import OPEN, REACHED, WAITING, MailingState, State
from regulars.messaging.looking import time_left
from regulars.messaging.models import Mailing, Message
from regulars.messaging.queries import Progress, SendingState
from regulars.messaging.rendering import shown_again
from regulars.messaging.texts import Rendered

NOT_SENT = (State.SUPPRESSED, State.EXPIRED, State.CANCELLED, State.FAILED)
MOVING = (MailingState.RUNNING, MailingState.CANCELLED)
GOING = (MailingState.RUNNING, MailingState.PAUSED)
RESTING_BEAT = 10
# The parts of a mailing's bar, in the order in which they stand: tone, states.
PARTS = (
    ("1", REACHED),
    ("2", OPEN),
    ("same", (State.SUPPRESSED, State.EXPIRED, State.CANCELLED, State.UNKNOWN_CLOSED)),
    ("late", (State.FAILED, State.UNKNOWN, State.BOUNCED, State.COMPLAINED)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A mailing in the list: where it stands in a sentence, and its bar."""

    mailing: Mailing
    says: str
    parts: list[tuple[str, int]]


def line_of(mailing: Mailing, counts: Mapping[str, int]) -> Line:
    return Line(mailing, standing_of(mailing, counts), parts_of(counts))


def parts_of(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return [(tone, sum(counts.get(state, 0) for state in states)) for tone, states in PARTS]


def standing_of(mailing: Mailing, counts: Mapping[str, int]) -> str:
    """Where a mailing stands, as somebody would say it."""
    if mailing.state == MailingState.DRAFT:
        return _("Not approved yet")
    reached = sum(counts.get(state, 0) for state in REACHED)
    waiting = sum(counts.get(state, 0) for state in OPEN)
    if mailing.state == MailingState.PAUSED:
        return ngettext(
            "Paused: %(count)s of its messages waits", "Paused: %(count)s of its messages wait",
            waiting,
        ) % {"count": number(waiting)}  # fmt: skip
    if mailing.state == MailingState.CANCELLED and mailing.approved_at is None:
        return _("Thrown away; nobody got it")
    if mailing.state == MailingState.CANCELLED:
        said = ngettext(
            "Stopped for good; %(count)s had left", "Stopped for good; %(count)s had left", reached
        )
        return _and_taken_back(said % {"count": number(reached)}, counts)
    if waiting or mailing.expanded_at is None:
        return _("Going out: %(reached)s handed over, %(waiting)s wait") % {
            "reached": number(reached), "waiting": number(waiting),
        }  # fmt: skip
    return _("Done: %(reached)s of %(total)s handed over") % {
        "reached": number(reached), "total": number(sum(counts.values())),
    }  # fmt: skip


def _and_taken_back(said: str, counts: Mapping[str, int]) -> str:
    left = sum(counts.get(state, 0) for state in WAITING)
    if not left:
        return said
    return ngettext(
        "%(said)s, %(count)s is being taken back", "%(said)s, %(count)s are being taken back", left
    ) % {"said": said, "count": number(left)}


def overview(state: SendingState) -> str:
    """What goes out, what waits, what needs a look: the first sentence of the page."""
    waits = ngettext(
        "%(count)s message waits to leave", "%(count)s messages wait to leave",
        state.waiting_count,
    ) % {"count": number(state.waiting_count)}  # fmt: skip
    look = ngettext(
        "%(count)s needs a look", "%(count)s need a look", state.needs_a_look_count
    ) % {"count": number(state.needs_a_look_count)}  # fmt: skip
    if state.stopped_at is not None:
        return _("Everything is stopped; %(waits)s.") % {"waits": waits}
    if not state.waiting_count and not state.needs_a_look_count:
        return _("Nothing waits to leave, and nothing needs a look.")
    if not state.needs_a_look_count:
        return _("%(waits)s; nothing needs a look.") % {"waits": waits}
    return _("%(waits)s, and %(look)s.") % {"waits": waits, "look": look}


@dataclass(frozen=True, slots=True)
class Paper:
    """The words that left, or why they cannot be shown."""

    rendered: Rendered | None
    why_not: str = ""


def text_as_it_was(message: Message, actor: Actor) -> Paper:
    """Rendered again from what was frozen, equal to it to the letter but for their own links."""
    if hidden_of(message.version.fields, actor):
        return Paper(None, _("It says things of this customer that are hidden from your role."))
    if not message.content_sha256:
        return Paper(None, _("It has not been written out yet: that happens when it leaves."))
    try:
        return Paper(shown_again(message))
    except ValueError:
        return Paper(None, _("What is kept of it no longer makes the words that left."))


def _beat(mailing: Mailing, progress: Progress, halted: str) -> int:
    """After how many seconds its page asks again: somebody else may let it go on; 0 is never."""
    if progress.is_finished or mailing.state == MailingState.DRAFT:
        return 0
    return 1 if mailing.state in MOVING and not halted else RESTING_BEAT


@dataclass(frozen=True, slots=True)
class Group:
    """Messages of a mailing that stand together in its list."""

    slug: str
    label: Promise
    tone: str
    states: tuple[State, ...]


GROUPS = {
    one.slug: one
    for one in (
        Group("handed-over", _lazy("Handed over"), "1", REACHED),
        Group("waiting", _lazy("Waiting to leave"), "2", OPEN),
        Group("not-sent", _lazy("Not sent: we may not, or left out by lot"), "same",
              (State.SUPPRESSED,)),
        Group("too-late", _lazy("Not sent: too late, or taken back"), "same",
              (State.EXPIRED, State.CANCELLED)),
        Group("failed", _lazy("Not sent: it failed"), "late", (State.FAILED,)),
        Group("in-doubt", _lazy("Nobody knows whether it left"), "late",
              (State.UNKNOWN, State.UNKNOWN_CLOSED)),
        Group("came-back", _lazy("Came back, or complained about"), "late",
              (State.BOUNCED, State.COMPLAINED)),
    )
}  # fmt: skip


def watched(mailing: Mailing, progress: Progress, *, halted: str) -> dict[str, object]:
    """How far a mailing is: its sentence, bar, pace, and how many are in each state."""
    is_moving = mailing.state in MOVING and not progress.is_finished
    groups = [
        (group, count)
        for group in GROUPS.values()
        if (count := sum(progress.counts.get(state, 0) for state in group.states))
    ]
    return {
        "progress": progress,
        "says": standing_of(mailing, progress.counts),
        "parts": parts_of(progress.counts),
        "groups": groups,
        "left": time_left(progress.seconds_left) if is_moving and progress.open else "",
        "is_moving": is_moving,
        "beat": _beat(mailing, progress, halted),
        "is_stoppable": mailing.state in GOING and not progress.is_finished,
        "halted": halted if is_moving else "",
    }
