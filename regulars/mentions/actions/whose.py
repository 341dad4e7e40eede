"""Whose words they are: said by a person, or certain; then they are a touch, and may be a case."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.cases.actions import note_in_case, open_case, withdraw_case
from regulars.cases.choices import CaseKind, Entry
from regulars.cases.models import Case
from regulars.cases.queries import case_of
from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch, take_back_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Touch
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.mentions.choices import Match, MentionState
from regulars.mentions.errors import CustomerGone, CustomerUnknown, MentionChangedSince
from regulars.mentions.models import KnownHandle, Mention
from regulars.team.choices import Role
from regulars.team.models import Member
from regulars.team.queries import first_owner


@transaction.atomic
def match_mention(
    mention: Mention, customer: Customer, *, by: Actor, at: datetime, is_their_handle: bool = False
) -> Mention:
    """Say whose words these are, because somebody knows; a bad one becomes a case of theirs.

    With `is_their_handle`, whatever else this handle says on this site is theirs from now on.
    """
    mention = locked_mention(mention)
    if mention.customer_id == customer.pk:
        return mention
    customer = Customer.objects.get(pk=customer.pk)
    if customer.erased_at is not None or customer.deleted_at is not None:
        raise CustomerGone(_("This customer is not there any more."))
    if mention.customer_id is not None:
        take_from(mention, by=by, at=at)
    give_to(mention, customer, Match.PERSON, by=by, at=at)
    if is_their_handle and mention.handle_key:
        KnownHandle.objects.update_or_create(
            site_key=mention.site_key, handle_key=mention.handle_key,
            defaults={"customer": customer, "said_by_id": by.member_id, "said_at": at},
        )  # fmt: skip
    return mention


@transaction.atomic
def part_mention(mention: Mention, *, by: Actor, at: datetime) -> Mention:
    """Say that the words are not of this customer, or that nobody knows.

    A case on which nobody worked goes with it; in one on which somebody did, it is noted.
    """
    mention = locked_mention(mention)
    if mention.customer_id is None:
        raise MentionChangedSince(_("Nobody is named as the author."))
    KnownHandle.objects.filter(
        site_key=mention.site_key, handle_key=mention.handle_key, customer=mention.customer_id
    ).delete()
    take_from(mention, by=by, at=at)
    return mention


@transaction.atomic
def call_it_a_complaint(mention: Mention, *, by: Actor, at: datetime) -> Case:
    """Let what somebody said become a case, whatever its mark; only of a customer can there be."""
    mention = locked_mention(mention)
    if mention.customer is None:
        raise CustomerUnknown(
            _("Nobody knows yet whose words these are."),
            _("Say whose they are, below; until then answer them where they stand."),
        )
    mention.is_bad = True
    touched(mention, at)
    mention.save(update_fields=["is_bad", "changed_at"])
    return _opened(mention, by=by, at=at)


def owner_of(customer: Customer | None) -> Member | None:
    """Who answers: whoever looks after the customer, else the owner of the business."""
    theirs = customer.manager if customer is not None else None
    if theirs is not None and theirs.is_active and theirs.role != Role.VIEWER:
        return theirs
    return first_owner()


def give_to(
    mention: Mention, customer: Customer, match: Match, *, by: Actor, at: datetime
) -> None:  # fmt: skip
    mention.customer, mention.known_by, mention.matched_by_id = customer, match, by.member_id
    mention.owner = owner_of(customer)
    touched(mention, at)
    mention.save()
    audit.record("matched", mention, by=by, at=at, customer=customer.pk, how=match.value)
    if mention.answered_at is not None:
        mention.answer_touch = touch_of(
            customer, Direction.OUT, mention.answer, mention.answered_at, by=by, at=at
        )
    if mention.state != MentionState.PAST:
        tell_by(mention, customer, by=by, at=at)


def tell_by(mention: Mention, customer: Customer, *, by: Actor, at: datetime) -> None:
    """It stands in their timeline, and a bad one is a case with somebody who sees to it."""
    if mention.touch is None:
        said = _told(mention)
        mention.touch = touch_of(customer, Direction.IN, said, mention.said_at, by=by, at=at)
    touched(mention, at)
    mention.save(update_fields=["touch", "answer_touch", "changed_at"])
    if mention.is_bad and customer.archived_at is None:
        _opened(mention, by=by, at=at)


def _opened(mention: Mention, *, by: Actor, at: datetime) -> Case:
    assert mention.customer is not None
    return open_case(
        mention.customer, what=_told(mention), kind=CaseKind.COMPLAINT, by=by, at=at,
        source=mention.case_source, received_at=mention.said_at,
    )  # fmt: skip


def _told(mention: Mention) -> str:
    """Their words with where they stand, as a case and the timeline show them."""
    said = [mention.words] if mention.words else []
    places = {"site": mention.site, "mark": mention.mark, "of": mention.scale}
    if mention.mark is None:
        said.append(_("Said in public on %(site)s.") % places)
    else:
        said.append(_("%(mark)s of %(of)s in public on %(site)s.") % places)
    return "\n".join(said)


def touch_of(
    customer: Customer, direction: Direction, words: str, happened_at: datetime, *, by: Actor,
    at: datetime,
) -> Touch:  # fmt: skip
    theirs = direction == Direction.IN
    return log_touch(
        customer, channel=Channel.SOCIAL, direction=direction, purpose=Purpose.SERVE,
        outcome=Outcome.SENT, happened_at=happened_at, by=by, at=at,
        body="" if theirs else words, said=words if theirs else "",
    )  # fmt: skip


def take_from(mention: Mention, *, by: Actor, at: datetime) -> None:
    case = case_of(mention.case_source)
    if case is not None and case.is_waiting:
        worked_on = case.entries.exclude(kind__in=[Entry.OPENED, Entry.HEARD]).exists()
        if worked_on or case.make_goods.exists():
            words = _("What was said in public on %(site)s was of somebody else.")
            note_in_case(case, words=words % {"site": mention.site}, by=by, at=at)
        else:
            withdraw_case(case, by=by, at=at)
    for touch in (mention.touch, mention.answer_touch):
        if touch is not None and touch.taken_back_at is None:
            take_back_touch(touch, by=by, at=at)
    audit.record("parted", mention, by=by, at=at, customer=mention.customer_id)
    mention.customer, mention.known_by, mention.matched_by = None, Match.NONE, None
    mention.touch, mention.answer_touch = None, None
    mention.owner = owner_of(None)
    touched(mention, at)
    mention.save()


def touched(mention: Mention, at: datetime) -> None:
    # What somebody changed since stays, when the file that brought it is undone.
    mention.changed_at = max(at, mention.changed_at)


def locked_mention(mention: Mention) -> Mention:
    rows = Mention.objects.select_for_update(of=("self",))
    return rows.select_related("customer__manager", "touch", "answer_touch").get(pk=mention.pk)
