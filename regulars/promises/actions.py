"""Making promises, and saying what came of them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.customers.models import Customer
from regulars.promises.choices import BY_HAND, PromiseState
from regulars.promises.errors import (
    NothingToTakeBack,
    PromiseEmpty,
    PromiseForThePast,
    PromiseKeptElsewhere,
    PromiseSettledAlready,
    PromiseStandsAlready,
    TooLateToWithdraw,
)
from regulars.promises.events import PromiseMade, PromiseSettled
from regulars.promises.models import Pledge, Postponement, Promise, Showing
from regulars.promises.pledge import put_out
from regulars.promises.rules import may_publish_pledge
from regulars.team.models import Member

LONGEST = 2_000


@transaction.atomic
def make_promise(
    *,
    what: str,
    due_at: datetime,
    by: Actor,
    at: datetime,
    customer: Customer | None = None,
    to_whom: str = "",
    keeper: Member | None = None,
    source: str = BY_HAND,
) -> Promise:
    """Promise something by a date: to one customer, or in words to many.

    Who keeps it is whoever is named, else whoever promised. Other than by hand, an occasion
    (`source`) has one open promise at a time.
    """
    what = what.strip()[:LONGEST]
    if not what:
        raise PromiseEmpty(_("Say what is promised."))
    if due_at <= at:
        raise PromiseForThePast(
            _("That moment is over."), _("Promise something for later today, or for another day.")
        )
    if source != BY_HAND and Promise.objects.open().filter(source=source).exists():
        raise PromiseStandsAlready(_("A promise for this stands already."))
    promise = Promise.objects.create(
        what=what, customer=customer, to_whom=to_whom.strip()[:200], due_at=due_at,
        first_due_at=due_at, keeper_id=keeper.pk if keeper else by.member_id, made_at=at,
        made_by_id=by.member_id, source=source,
    )  # fmt: skip
    audit.record("promised", promise, by=by, at=at, customer=promise.customer_id or 0)
    announce(PromiseMade(promise.pk, promise.customer_id or 0, source), at=at)
    return promise


@transaction.atomic
def keep_promise(
    promise: Promise, *, by: Actor, at: datetime, words: str = "", kept_at: datetime | None = None,
    source: str = BY_HAND,
) -> Promise:  # fmt: skip
    """Say that a promise came true; in time or late follows from the date that was said first.

    `kept_at` is when it came true, where that is written down only later. The promise of an
    occasion is kept by that occasion alone (`source`).
    """
    promise = _open(promise, source)
    done_at = min(kept_at or at, at)
    done_at = max(done_at, promise.made_at)
    in_time = done_at <= promise.first_due_at
    state = PromiseState.KEPT if in_time else PromiseState.KEPT_LATE
    return _settled(promise, state, done_at, by=by, at=at, words=words)


@transaction.atomic
def break_promise(promise: Promise, *, by: Actor, at: datetime, words: str) -> Promise:
    """Say that a promise will not come true, and why."""
    if not words.strip():
        raise PromiseEmpty(_("Say why it could not be kept: whoever calls them has to know."))
    return _settled(_open(promise), PromiseState.BROKEN, at, by=by, at=at, words=words)


@transaction.atomic
def withdraw_promise(promise: Promise, *, by: Actor, at: datetime, words: str) -> Promise:
    """Take a promise back before it is due, and say why."""
    promise = _open(promise)
    if not words.strip():
        raise PromiseEmpty(_("Say why it is withdrawn."))
    if promise.first_due_at <= at:
        raise TooLateToWithdraw(
            _("This was due already: it was kept or it was not."),
            _("Say that it was kept late or broken, or move its date."),
        )
    return _settled(promise, PromiseState.WITHDRAWN, at, by=by, at=at, words=words)


@transaction.atomic
def postpone_promise(
    promise: Promise,
    *,
    due_at: datetime,
    by: Actor,
    at: datetime,
    words: str,
    is_their_wish: bool = False,
) -> Promise:
    """Move the date of a promise; the date that was said before stays in sight.

    Whether it is kept in time is still judged by the first date, unless the customer asked.
    """
    promise = _open(promise)
    if due_at <= at:
        raise PromiseForThePast(_("That moment is over."), _("Choose one that is still to come."))
    Postponement.objects.create(
        promise=promise, due_before=promise.due_at, first_due_before=promise.first_due_at,
        is_their_wish=is_their_wish, words=words.strip()[:LONGEST], moved_at=at,
        moved_by_id=by.member_id,
    )  # fmt: skip
    promise.due_at = due_at
    promise.first_due_at = due_at if is_their_wish else min(promise.first_due_at, due_at)
    promise.save(update_fields=["due_at", "first_due_at"])
    audit.record("postponed", promise, by=by, at=at, customer=promise.customer_id or 0)
    return promise


@transaction.atomic
def take_back(promise: Promise, *, state: str, by: Actor, at: datetime) -> Promise:
    """Undo what was said last of a promise, as long as it still stands so.

    `state` is how the promise stood when undoing was offered; an open one gets its date back.
    """
    promise = Promise.objects.select_for_update().get(pk=promise.pk)
    if promise.state != state:
        raise NothingToTakeBack(_("Somebody has changed this since. Look at it again."))
    _refuse_others(promise, BY_HAND)
    if promise.is_open:
        _take_back_date(promise)
    else:
        promise.state, promise.settled_at, promise.settled_by = PromiseState.OPEN, None, None
        promise.recorded_at, promise.words = None, ""
    promise.save()
    audit.record("took back", promise, by=by, at=at, customer=promise.customer_id or 0)
    return promise


def _take_back_date(promise: Promise) -> None:
    moved = promise.postponements.last()
    if moved is None:
        raise NothingToTakeBack(_("Its date was not moved."))
    promise.due_at, promise.first_due_at = moved.due_before, moved.first_due_before
    moved.delete()


def _refuse_others(promise: Promise, source: str) -> None:
    if promise.source != source:
        raise PromiseKeptElsewhere(
            _("This promises the next update of a bulletin: nothing is said of it by hand."),
            _("Publish the next update of that bulletin: then it is kept."),
        )


def _open(promise: Promise, source: str = BY_HAND) -> Promise:
    """The promise as it is now, held until the end of the transaction."""
    promise = Promise.objects.select_for_update().get(pk=promise.pk)
    _refuse_others(promise, source)
    if not promise.is_open:
        raise PromiseSettledAlready(
            _("Something has come of this promise already: %(state)s.")
            % {"state": PromiseState(promise.state).label}
        )
    return promise


def _settled(
    promise: Promise, state: PromiseState, settled_at: datetime, *, by: Actor, at: datetime,
    words: str,
) -> Promise:  # fmt: skip
    promise.state, promise.settled_at, promise.recorded_at = state, settled_at, at
    promise.settled_by_id, promise.words = by.member_id, words.strip()[:LONGEST]
    promise.save(update_fields=["state", "settled_at", "recorded_at", "settled_by", "words"])
    audit.record(state.value, promise, by=by, at=at, customer=promise.customer_id or 0)
    announce(
        PromiseSettled(promise.pk, promise.customer_id or 0, promise.source, state.value), at=at
    )
    return promise


@transaction.atomic
def show_to_customers(*, to_customers: bool, by: Actor, at: datetime) -> Showing:
    """Say whether customers see on their own page what we promised them, kept or not."""
    if not may_publish_pledge(by):
        raise NotAllowed(_("Only an owner says whether customers see it."))
    showing, _is_new = Showing.objects.update_or_create(
        pk=1, defaults={"to_customers": to_customers}
    )
    audit.record("showed promises", showing, by=by, at=at, to_customers=to_customers)
    return showing


@transaction.atomic
def write_pledge(*, title: str, body: str, shows_rate: bool, by: Actor, at: datetime) -> Pledge:
    """Write how we treat customers; what is public stays as it is until it is published."""
    written = {"title": title, "body": body, "shows_rate": shows_rate, "changed_at": at}
    pledge, _is_new = Pledge.objects.update_or_create(pk=1, defaults=written)
    audit.record("wrote", pledge, by=by, at=at)
    return pledge


@transaction.atomic
def publish_pledge(*, by: Actor, at: datetime) -> Pledge:
    """Let everybody read the pledge as it is written now."""
    pledge = Pledge.objects.select_for_update().filter(pk=1).first()
    if pledge is None:
        raise PromiseEmpty(_("Write the pledge first."))
    pledge.public_title, pledge.public_body = pledge.title, pledge.body
    pledge.public_shows_rate = pledge.shows_rate
    pledge.published_at, pledge.published_by_id = at, by.member_id
    pledge.save()
    audit.record("published", pledge, by=by, at=at)
    # Should the server die before it is written, the job of every day writes it.
    transaction.on_commit(lambda: put_out(at=at))
    return pledge


@transaction.atomic
def withdraw_pledge(*, by: Actor, at: datetime) -> None:
    """Take the pledge off the public page; what is written stays."""
    pledge = Pledge.objects.select_for_update().filter(pk=1).first()
    if pledge is None or not pledge.is_public:
        raise NothingToTakeBack(_("It is not public."))
    pledge.published_at, pledge.published_by = None, None
    pledge.public_title, pledge.public_body, pledge.public_shows_rate = "", "", False
    pledge.save()
    audit.record("withdrew", pledge, by=by, at=at)
    transaction.on_commit(lambda: put_out(at=at))
