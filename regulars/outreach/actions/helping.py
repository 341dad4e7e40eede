"""Ways to help us: said, asked for, offered by customers, and thanked for by a person."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.messaging.actions.mailings import write_mailing
from regulars.messaging.actions.texts import use_words
from regulars.messaging.models import Mailing
from regulars.outreach.choices import WOULD_HELP, WayKind
from regulars.outreach.errors import NobodyMeant, NoWayToHelp
from regulars.outreach.models import HelpOffered, HelpWay
from regulars.outreach.queries.helping import (
    is_after_an_interruption,
    today_of,
    way_numbered,
    ways_offered,
    who_would_help,
)
from regulars.outreach.rules import require_plan, require_thanks

LONGEST_WAY, LONGEST_HOW, LONGEST_WORDS = 200, 300, 500
MOST_WAYS = 12
GOOD_FOR_HOURS = 7 * 24


@transaction.atomic
def note_way(kind: WayKind, *, words: str, how: str = "", by: Actor, at: datetime) -> HelpWay:
    """Say one way in which customers can help, in our own words."""
    require_plan(by)
    words, how = " ".join(words.split()), how.strip()
    if not words or len(words) > LONGEST_WAY or len(how) > LONGEST_HOW:
        raise NoWayToHelp(
            _("Say in a sentence what they can do."),
            _("At most %(most)s signs, and %(how)s for how it works.")
            % {"most": LONGEST_WAY, "how": LONGEST_HOW},
        )
    if ways_offered().count() >= MOST_WAYS:
        raise NoWayToHelp(_("That is a long list already."), _("Take one away first."))
    way = HelpWay.objects.create(
        kind=kind, words=words, how=how, created_at=at, created_by_id=by.member_id
    )
    audit.record("can be helped by", way, by=by, at=at, kind=kind)
    return way


@transaction.atomic
def remove_way(way: HelpWay, *, by: Actor, at: datetime) -> None:
    """Show it no more; what was offered stays."""
    require_plan(by)
    HelpWay.objects.filter(pk=way.pk, removed_at=None).update(removed_at=at)
    audit.record("took away", way, by=by, at=at)


@transaction.atomic
def put_way_back(way: HelpWay, *, by: Actor, at: datetime) -> None:
    """Undo that."""
    require_plan(by)
    HelpWay.objects.filter(pk=way_numbered(way.pk).pk).update(removed_at=None)
    audit.record("put back", way, by=by, at=at)


@transaction.atomic
def ask_for_help(*, by: Actor, at: datetime) -> Mailing:
    """Write to those who would want to help, after an interruption; somebody approves it first."""
    require_plan(by)
    if not ways_offered().exists():
        raise NoWayToHelp(
            _("There is no way yet in which they could help."), _("Write one down first.")
        )
    if not is_after_an_interruption(today_of(at)):
        raise NoWayToHelp(
            _("You were not closed for three days or more within four months."),
            _("Ask for help after an interruption, and not on an ordinary day."),
        )
    if not who_would_help(at).exists():
        raise NobodyMeant(
            _("There is nobody to ask now."),
            _("Who waits for something, was not content, or was asked within a year is left out."),
        )
    version = use_words(
        subject=_("If you would like to help"), body=_body(), purpose=Purpose.ASK, by=by, at=at
    )
    return write_mailing(
        name=_("Ways to help us"), version=version, purpose=Purpose.ASK, audience=WOULD_HELP,
        definition={}, by=by, at=at, expires_after_hours=GOOD_FOR_HOURS,
    )  # fmt: skip


def _body() -> str:
    return "\n\n".join([
        "{{ greeting }}",
        _("Since we had to close, some have asked how they can help. There are a few ways, and none"
          " of them is expected of you:"),
        "[" + _("Ways to help us") + "]({{ ways_url }})",
        _("Thank you for being with us."),
        "{{ signature }}",
    ]) + "\n"  # fmt: skip


@transaction.atomic
def offer_help(
    customer: Customer, ways: Sequence[HelpWay], *, words: str, link: str, by: Actor, at: datetime
) -> HelpOffered:
    """Keep that a customer would help us; by the same link the same answer is changed."""
    words = words.strip()[:LONGEST_WORDS]
    if not ways and not words:
        raise NoWayToHelp(_("Choose what you would like, or write a line."))
    offered, is_new = HelpOffered.objects.select_for_update().get_or_create(
        customer=customer, link=link[:60], defaults={"words": words, "offered_at": at}
    )
    if not is_new:
        offered.words = words
        offered.save(update_fields=["words"])
    offered.ways.set(ways)
    audit.record("would help", offered, by=by, at=at, ways=len(ways))
    return offered


@transaction.atomic
def thank_for_help(offered: HelpOffered, *, by: Actor, at: datetime) -> None:
    """Somebody has thanked them, and seen to it."""
    require_thanks(by)
    HelpOffered.objects.filter(pk=offered.pk, thanked_at=None).update(
        thanked_at=at, thanked_by=by.member_id
    )
    audit.record("thanked for help", offered, by=by, at=at)


@transaction.atomic
def take_thanks_back(offered: HelpOffered, *, by: Actor, at: datetime) -> None:
    """Undo that: they are still to be thanked."""
    require_thanks(by)
    HelpOffered.objects.filter(pk=offered.pk).update(thanked_at=None, thanked_by=None)
    audit.record("did not thank for help", offered, by=by, at=at)
