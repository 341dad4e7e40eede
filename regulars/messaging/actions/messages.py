"""One message to one customer, and what a person decides about it afterwards."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.consent.models import OptInRequest
from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.events import announce
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.messaging import outbox
from regulars.messaging.actions.mailings import check_carried, freeze
from regulars.messaging.choices import MailingState, State
from regulars.messaging.counting import give_back
from regulars.messaging.errors import MessageNotOpen, NoAddress
from regulars.messaging.events import MessagesAccepted
from regulars.messaging.linting import asks_with_strings, hidden_sale, no_strings, written_of
from regulars.messaging.models import Mailing, Message, TemplateVersion
from regulars.messaging.rules import may_approve, may_write_to

# RELIABILITY M7: what was meant for one customer is worth sending for three days.
GOOD_FOR = timedelta(hours=72)


@transaction.atomic
def write_message(  # noqa: PLR0913 - each says one thing about the message
    customer: Customer,
    *,
    version: TemplateVersion,
    purpose: str,
    nonce: str,
    by: Actor,
    at: datetime,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    channel: str = Channel.EMAIL,
) -> Message:
    """Send one text to one customer; the same form sent twice is one message."""
    if not may_write_to(by, customer):
        raise NotAllowed(
            _("You write to the customers whom you look after."),
            _("Ask an owner or a manager to write to the others."),
        )
    check_carried(channel)
    if purpose != version.purpose:
        # The gate asks what a message is for; the words must be for the same.
        raise Refusal(
            _("These words were written for another purpose."),
            _("Choose what the message is for once more, and send it again."),
        )
    if asks_with_strings(written_of(version)):
        raise Refusal(*no_strings())
    sells = _own_words_that_sell(version, by)
    point = address_of(customer)
    if point is None:
        raise NoAddress(
            _("There is no e-mail address of %(name)s that works.") % {"name": customer.name},
            _("Add one on their page, or call or write a letter."),
        )
    freeze(version, at=at)
    due = max(at, not_before or at)
    message, is_new = Message.objects.get_or_create(
        customer=customer,
        channel=channel,
        occasion=f"manual:{nonce}"[:120],
        defaults={
            "purpose": purpose,
            "version": version,
            "address": point.normal,
            "seal": point.seal,
            "not_before": due,
            "expires_at": expires_at or due + GOOD_FOR,
            "created_at": at,
            "created_by_id": by.member_id,
            "state_at": at,
        },
    )
    if is_new:
        more = {"sells": True} if sells else {}
        audit.record("wrote message", message, by=by, at=at, customer=customer.pk, **more)
    return message


def _own_words_that_sell(version: TemplateVersion, by: Actor) -> bool:
    """Words of one's own that sell under another purpose: owners and managers answer for them."""
    kept = version.template
    is_own = kept is None or kept.purpose != version.purpose
    said = hidden_sale(written_of(version)) if is_own else ""
    if said and not may_approve(by):
        raise Refusal(
            said,
            _("Take the offer out, choose “%(sell)s”, or ask a manager to send it.")
            % {"sell": Purpose.SELL.label},
        )
    return bool(said)


def address_of(customer: Customer) -> ContactPoint | None:
    """The e-mail address that we use for a customer."""
    points = customer.contact_points.filter(kind=PointKind.EMAIL, state=PointState.USABLE)
    return points.order_by("-is_primary", "pk").first()


@transaction.atomic
def write_confirmation(request: OptInRequest, *, version: TemplateVersion, at: datetime) -> Message:
    """Ask, in their own mailbox, whoever wanted to hear from us to say so once more."""
    freeze(version, at=at)
    return Message.objects.get_or_create(
        customer=None,
        channel=request.channel,
        occasion=f"opt-in:{request.pk}",
        seal=request.seal,
        defaults={
            "purpose": "serve",
            "version": version,
            "address": request.address,
            "not_before": at,
            "expires_at": request.expires_at,
            "created_at": at,
            "state_at": at,
        },
    )[0]


@transaction.atomic
def cancel_message(message: Message, *, by: Actor, at: datetime) -> None:
    """Take back a message that has not left."""
    _check(message, by)
    if not outbox.transition([message.pk], State.CANCELLED, at=at, why="person"):
        raise MessageNotOpen(
            _("This message has left, or is leaving; it cannot be taken back."),
            _("Its page says what became of it."),
        )
    audit.record("cancelled message", message, by=by, at=at)


@transaction.atomic
def settle_by_hand(message: Message, *, arrived: bool, by: Actor, at: datetime) -> bool:
    """A person knows whether it arrived: it counts as handed over, or it leaves again.

    Returns whether it leaves: of a mailing that was stopped for good nothing does.
    """
    _check(message, by)
    leaves = not arrived and not _is_stopped(message)
    if arrived:
        moved = bool(outbox.transition([message.pk], State.ACCEPTED, at=at, why="person"))
        if moved:
            announce(MessagesAccepted([str(message.pk)]), at=at)
    elif leaves:
        moved = _leave_again(message, at, State.UNKNOWN)
    else:
        moved = _stay(message, at)
    if not moved:
        raise MessageNotOpen(_("Somebody has settled this already."), _("Load the page again."))
    audit.record("settled message", message, by=by, at=at, arrived=arrived)
    return leaves


@transaction.atomic
def try_again(message: Message, *, by: Actor, at: datetime) -> None:
    """A message that failed leaves once more, from the beginning."""
    _check(message, by)
    if _is_stopped(message):
        raise MessageNotOpen(
            _("Its mailing was stopped for good, so it does not leave."),
            _("Write to them by themselves."),
        )
    if not _leave_again(message, at, State.FAILED):
        raise MessageNotOpen(_("This message is not waiting for that."), _("Load the page again."))
    audit.record("tried message again", message, by=by, at=at)


def _is_stopped(message: Message) -> bool:
    """Whoever stops the mailing at this moment comes before us or after us."""
    if message.mailing_id is None:
        return False
    theirs = Mailing.objects.select_for_update().filter(pk=message.mailing_id)
    return theirs.values_list("state", flat=True).first() == MailingState.CANCELLED


def _stay(message: Message, at: datetime) -> bool:
    said = _("Somebody knows that it did not arrive; its mailing was stopped for good.")
    moved = outbox.move(
        [(message.pk, "mailing", said)], ("why", "why_detail"), State.FAILED, at=at,
        by_epoch=False, came_from=(State.UNKNOWN,),
    )  # fmt: skip
    give_back([f"message:{pk}" for pk in moved], at)
    return bool(moved)


def _leave_again(message: Message, at: datetime, came_from: State) -> bool:
    due = outbox.stored(at)
    expires = outbox.stored(max(message.expires_at, at + GOOD_FOR))
    moved = outbox.move(
        [(message.pk, "person", "", due, expires, 0, "")],
        ("why", "why_detail", "not_before", "expires_at", "failures", "content_sha256"),
        State.READY, at=at, by_epoch=False, came_from=(came_from,),
    )  # fmt: skip
    give_back([f"message:{pk}" for pk in moved], at)
    return bool(moved)


def _check(message: Message, by: Actor) -> None:
    customer = message.customer
    may = may_approve(by) if customer is None else may_write_to(by, customer)
    if not may and by != SYSTEM:
        raise NotAllowed(
            _("You may decide about messages to the customers whom you look after."),
            _("Ask an owner or a manager."),
        )
