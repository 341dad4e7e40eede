"""Writing down what is said about us in public: once, however often it comes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.cases.queries import OpeningClock, opening_clock
from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.events import announce
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.naming import normal_of, seal_of
from regulars.mentions.actions.whose import give_to, locked_mention, owner_of, tell_by
from regulars.mentions.choices import WITHIN, WITHIN_BAD, Match, MentionState, is_bad_mark
from regulars.mentions.errors import MentionInTheFuture, MentionUnclear
from regulars.mentions.events import MentionHeard
from regulars.mentions.models import Mention
from regulars.mentions.naming import (
    handle_key_of,
    link_key_of,
    number_of,
    refuse_wrong_link,
    site_key_of,
)
from regulars.mentions.queries import known_handle
from regulars.team.queries import the_named_business

LONGEST, LONGEST_SITE, LONGEST_NAME = 5_000, 60, 200
# In one short transaction: others who write are let in between.
TOGETHER = 200
# The clock of a telephone may be a little ahead of ours.
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody said in public, as it stands there."""

    site: str
    said_at: datetime
    words: str = ""
    mark: int | None = None
    scale: int = 5
    author: str = ""
    handle: str = ""
    # Where the site tells it; it is looked for, and not kept.
    email: str = ""
    link: str = ""
    external_id: str = ""


@transaction.atomic
def note_mention(heard: Heard, *, by: Actor, at: datetime) -> tuple[Mention, bool]:
    """Write down what somebody said about us in public; returns it, and whether it is new.

    Known by its site with its number there, or by its link: written down again it is the same one,
    and nothing is changed of it. Whose it is, is said only where it is certain.
    """
    heard = _checked(heard, at)
    site_key = site_key_of(heard.site)
    link_key = link_key_of(heard.link, heard.author)
    number = number_of(heard.external_id, link_key, (heard.author, heard.words))
    same = Q(site_key=site_key, external_id=number)
    if link_key:
        same |= Q(link_key=link_key)
    known = Mention.objects.filter(same).first()
    if known is not None:
        return known, False
    customer, match = _whose(heard, site_key)
    mention = Mention(
        site=heard.site, site_key=site_key, external_id=number, link=heard.link, link_key=link_key,
        author=heard.author, handle=heard.handle, handle_key=handle_key_of(heard.handle),
        said_at=heard.said_at, mark=heard.mark, scale=heard.scale, words=heard.words,
        is_bad=is_bad_mark(heard.mark, heard.scale), recorded_at=at, recorded_by_id=by.member_id,
        changed_at=at,
    )  # fmt: skip
    _begin(mention)
    try:
        with transaction.atomic():
            mention.save()
    except IntegrityError:
        # Pasted in two tabs in one second: the other was first.
        return Mention.objects.get(same), False
    audit.record("noted", mention, by=by, at=at, site=site_key)
    if customer is not None:
        give_to(mention, customer, match, by=by, at=at)
    announce(MentionHeard(mention.pk, mention.customer_id or 0, mention.is_bad), at=at)
    return mention, True


@transaction.atomic
def read_mention(mention: Mention, *, at: datetime) -> Mention:
    """Look at one that a file brought: a bad one of a customer becomes a case."""
    mention = locked_mention(mention)
    if not mention.is_unread:
        return mention
    mention.is_unread = False
    mention.save(update_fields=["is_unread"])
    if mention.is_waiting and mention.customer is not None:
        tell_by(mention, mention.customer, by=SYSTEM, at=at)
    announce(MentionHeard(mention.pk, mention.customer_id or 0, mention.is_bad), at=at)
    return mention


def _checked(heard: Heard, at: datetime) -> Heard:
    site = " ".join(heard.site.split())[:LONGEST_SITE]
    words, link = heard.words.strip()[:LONGEST], heard.link.strip()
    if not site:
        raise MentionUnclear(_("Say where it stands: the name of the site."))
    if not words and heard.mark is None:
        raise MentionUnclear(_("Write down what they said, or the mark they gave."))
    worst = 1 if heard.scale == 5 else 0
    if heard.mark is not None and not worst <= heard.mark <= heard.scale:
        raise MentionUnclear(
            _("%(mark)s is no mark from %(worst)s to %(best)s.")
            % {"mark": heard.mark, "worst": worst, "best": heard.scale}
        )
    if heard.said_at > at + AHEAD:
        raise MentionInTheFuture(
            _("That day is still to come."), _("Choose the day on which they said it.")
        )
    refuse_wrong_link(link)
    return Heard(
        site, heard.said_at, words, heard.mark, heard.scale,
        " ".join(heard.author.split())[:LONGEST_NAME],
        " ".join(heard.handle.split())[:LONGEST_NAME], heard.email.strip(), link,
        heard.external_id.strip(),
    )  # fmt: skip


def _whose(heard: Heard, site_key: str) -> tuple[Customer | None, Match]:
    """Whose it is for certain: by an address that they alone have, or by a known handle."""
    known = known_handle(site_key, handle_key_of(heard.handle))
    if known is not None and known.customer.erased_at is None:
        return known.customer, Match.HANDLE
    if heard.email:
        seal = seal_of(PointKind.EMAIL, normal_of(PointKind.EMAIL, heard.email, ""))
        points = ContactPoint.objects.filter(
            seal=seal, kind=PointKind.EMAIL, state=PointState.USABLE,
            customer__in=Customer.objects.still_there(),
        )  # fmt: skip
        ids = set(points.values_list("customer_id", flat=True)[:3])
        if len(ids) == 1:
            return Customer.objects.get(pk=ids.pop()), Match.EMAIL
    return None, Match.NONE


def reckon_waiting() -> int:
    """Reckon the clocks of all that waits anew, by the days closed as we know them now."""
    changed, last = 0, 0
    while True:
        with transaction.atomic():
            rows = Mention.objects.waiting().filter(pk__gt=last).order_by("pk")
            held = list(rows.select_for_update()[:TOGETHER])
            if not held:
                return changed
            clock = opening_clock(min(one.said_at for one in held))
            before = [(one.due_at, one.warn_at) for one in held]
            for one in held:
                _wind(one, clock)
            news = [
                one for one, old in zip(held, before, strict=True)
                if (one.due_at, one.warn_at) != old
            ]  # fmt: skip
            Mention.objects.bulk_update(news, ["due_at", "warn_at"])
        changed, last = changed + len(news), held[-1].pk


def _wind(mention: Mention, clock: OpeningClock) -> None:
    minutes = WITHIN_BAD if mention.is_bad else WITHIN
    mention.due_at = clock.after(mention.said_at, minutes)
    mention.warn_at = clock.after(mention.said_at, minutes * 3 // 4)


def _begin(mention: Mention) -> None:
    """History is not an instruction: what was said before we began waits for nobody."""
    business = the_named_business()
    mention.owner = owner_of(None)
    if business.day_of(mention.said_at) < business.live_since:
        mention.state = MentionState.PAST
        return
    _wind(mention, opening_clock(mention.said_at))
