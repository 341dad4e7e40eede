"""Control groups of mailings: how many, who, and what their pages say of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from regulars.core import audit, clock, jobs
from regulars.core.actor import SYSTEM, Actor
from regulars.core.list_fields import is_hidden
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, CustomerQuerySet
from regulars.insight.models import CustomerFacts
from regulars.messaging.audiences import audiences
from regulars.messaging.choices import MailingState
from regulars.messaging.gate import NO, counts_by_verdict, verdicts_for_customers
from regulars.messaging.lots import LotSaid
from regulars.messaging.models import Mailing
from regulars.team.queries import the_named_business
from regulars.verdicts.actions import (
    TIERS,
    draw_lots,
    keep_control_group,
    let_everybody_have_it,
)
from regulars.verdicts.drawing import Known
from regulars.verdicts.errors import LotHasFallen
from regulars.verdicts.models import Lot, Trial
from regulars.verdicts.outcomes import share_who_bought, spend_before
from regulars.verdicts.queries import latest_of, leaves_out_by_default, trial_of
from regulars.verdicts.rules import may_be_left_out
from regulars.verdicts.sizing import LEAST_LIST, Plan, Spend, plan_for
from regulars.verdicts.wording import heading_of, left_out_words, plan_words

WINDOW_DAYS = 30
# Longer lists are looked through only once somebody asks.
SEEN_AT_ONCE = 20_000
KEEP_JOB = "verdicts.keep"


class OfMailings:
    """What a mailing asks before and while it is sent."""

    def said(self, mailing: Mailing, actor: Actor) -> LotSaid | None:
        """What can be told, and what came of it, follows from orders: not said without them."""
        trial, hides_orders = trial_of(mailing.occasion), is_hidden(actor, "order")
        if trial is not None:
            said = self._planned(mailing, trial)
            return replace(said, detail="", page="", page_words="") if hides_orders else said
        if self.is_pending(mailing):
            return _being_worked_out(mailing)
        is_draft = mailing.state == MailingState.DRAFT
        if not is_draft or not may_be_left_out(mailing.purpose, mailing.channel):
            return None
        return _unasked(mailing) if hides_orders else self._offered(mailing)

    def said_in_short(self, mailings: Sequence[Mailing], actor: Actor) -> Mapping[int, LotSaid]:
        """How many are left out, and whether it helped, as far as the lots have fallen."""
        by_occasion = {one.occasion: one for one in mailings}
        trials = Trial.objects.filter(occasion__in=list(by_occasion)).prefetch_related("verdicts")
        hides_orders = is_hidden(actor, "order")
        return {
            by_occasion[trial.occasion].pk: _in_short(trial, hides_orders=hides_orders)
            for trial in trials
        }

    def _planned(self, mailing: Mailing, trial: Trial) -> LotSaid:
        sentence = left_out_words(trial)
        if trial.drawn_at is not None:
            verdict = latest_of(trial)
            return LotSaid(
                trial.left_out_count, sentence, heading_of(trial, verdict),
                page=reverse("verdicts:trial", args=[trial.pk]), page_words=_("Whether it helped"),
            )  # fmt: skip
        if mailing.state != MailingState.DRAFT:
            return LotSaid(trial.left_out_count, sentence)
        return LotSaid(
            trial.left_out_count, sentence, plan_words(_plan_of(trial), _currency()),
            reverse("verdicts:everybody", args=[mailing.pk]), _("Leave nobody out"),
        )  # fmt: skip

    def _offered(self, mailing: Mailing) -> LotSaid | None:
        meant = _meant(mailing)
        if _is_long(meant):
            return _unasked(mailing)
        plan = plan_for(*_reachable(mailing, meant))
        if plan is None:
            return LotSaid(
                0,
                _(
                    "Too few to tell whether it helps: a control group takes %(least)s customers"
                    " and more who can be written to."
                )
                % {"least": LEAST_LIST},
            )
        sentence = _("Nobody is left out, so nobody will know whether it helped.")
        words = _("Leave %(count)s out by lot") % {"count": plan.left_out}
        change = reverse("verdicts:keep", args=[mailing.pk])
        return LotSaid(0, sentence, plan_words(plan, _currency()), change, words)

    def begin(self, mailing: Mailing, *, at: datetime) -> None:
        """Some are left out of what has just been written, unless the owner wants it otherwise."""
        is_leavable = may_be_left_out(mailing.purpose, mailing.channel)
        if not is_leavable or not leaves_out_by_default():
            return
        if _is_long(_meant(mailing)):
            jobs.enqueue(KEEP_JOB, at=at, mailing=mailing.pk)
        else:
            keep_by_default(mailing, at=at)

    def is_pending(self, mailing: Mailing) -> bool:
        is_draft = mailing.state == MailingState.DRAFT
        return (
            is_draft and jobs.under_way(KEEP_JOB, mailing=mailing.pk).exists()
            and trial_of(mailing.occasion) is None
        )  # fmt: skip

    def left_out_count(self, mailing: Mailing) -> int:
        trial = trial_of(mailing.occasion)
        return trial.left_out_count if trial else 0

    def draw(self, mailing: Mailing, *, at: datetime) -> None:
        trial = trial_of(mailing.occasion)
        if trial is None or trial.drawn_at is not None:
            return
        meant = _meant(mailing)
        begins = the_named_business().day_of(max(at, mailing.not_before or at))
        draw_lots(trial, _known(mailing, meant, at), begins_on=begins, at=at)

    def left_out(self, mailing: Mailing, ids: Collection[int]) -> Collection[int]:
        found = Lot.objects.filter(trial__occasion=mailing.occasion, is_left_out=True)
        return list(found.filter(customer__in=ids).values_list("customer_id", flat=True))


def _in_short(trial: Trial, *, hides_orders: bool) -> LotSaid:
    said = LotSaid(trial.left_out_count, left_out_words(trial))
    if trial.drawn_at is None or hides_orders:
        return said
    return replace(
        said, detail=heading_of(trial, latest_of(trial)),
        page=reverse("verdicts:trial", args=[trial.pk]), page_words=_("Whether it helped"),
    )  # fmt: skip


def _unasked(mailing: Mailing) -> LotSaid:
    """Offered without looking through the list first."""
    sentence = _("Nobody is left out, so nobody will know whether it helped.")
    change = reverse("verdicts:keep", args=[mailing.pk])
    return LotSaid(0, sentence, "", change, _lazy("Leave some out by lot"))


def _being_worked_out(mailing: Mailing) -> LotSaid:
    sentence = _(
        "Some of this long list are left out by lot, if that can tell whether it helps. How many is"
        " being worked out; until then it cannot be approved."
    )
    change = reverse("verdicts:everybody", args=[mailing.pk])
    return LotSaid(0, sentence, "", change, _lazy("Leave nobody out"))


@transaction.atomic
def keep_for_mailing(mailing: Mailing, *, by: Actor, at: datetime) -> Trial:
    """Leave some of a mailing's customers out by lot, as many as it takes to tell."""
    mailing = _draft(mailing)
    return _kept(mailing, *_reachable(mailing, _meant(mailing)), by=by, at=at)


@transaction.atomic
def keep_by_default(mailing: Mailing, *, at: datetime, is_later: bool = False) -> Trial | None:
    """The same without being asked, where the list is long enough to tell by itself.

    `is_later`: left to a job, which somebody may have called off since.
    """
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.state != MailingState.DRAFT or trial_of(mailing.occasion) is not None:
        return None
    if is_later and not jobs.under_way(KEEP_JOB, mailing=mailing.pk).exists():
        return None
    count, rate, spend = _reachable(mailing, _meant(mailing))
    plan = plan_for(count, rate, spend)
    if plan is None or not plan.can_tell:
        return None
    return _kept(mailing, count, rate, spend, by=SYSTEM, at=at)


def _kept(
    mailing: Mailing, count: int, rate: float, spend: Spend, *, by: Actor, at: datetime
) -> Trial:
    return keep_control_group(
        occasion=mailing.occasion, name=mailing.name, purpose=mailing.purpose,
        channel=mailing.channel, list_count=count, rate_before=rate, spend=spend, by=by, at=at,
        page=reverse("messaging:mailing", args=[mailing.pk]), source=mailing.source,
        window_days=WINDOW_DAYS,
    )  # fmt: skip


@transaction.atomic
def leave_nobody_out(mailing: Mailing, *, by: Actor, at: datetime) -> None:
    """Send a mailing to everybody after all."""
    mailing = _draft(mailing)
    let_everybody_have_it(mailing.occasion, by=by, at=at)
    if jobs.call_off(KEEP_JOB, mailing=mailing.pk, at=at):
        audit.record("keeps no control group of", mailing, by=by, at=at)


def _draft(mailing: Mailing) -> Mailing:
    # Whoever approves locks it too: what they saw is what is drawn.
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.state != MailingState.DRAFT:
        raise LotHasFallen(_("This mailing has been approved as it is."), _("Load the page again."))
    return mailing


def _meant(mailing: Mailing) -> CustomerQuerySet:
    return audiences[mailing.audience].customers(mailing.definition)


def _is_long(meant: CustomerQuerySet) -> bool:
    return meant.order_by().values("pk")[: SEEN_AT_ONCE + 1].count() > SEEN_AT_ONCE


def _currency() -> str:
    return the_named_business().currency


def _reachable(mailing: Mailing, meant: CustomerQuerySet) -> tuple[int, float, Spend]:
    """How many may be written to, which share of them buys anyway, and what they spend."""
    at, business = clock.now(), the_named_business()
    counts = counts_by_verdict(mailing.channel, mailing.purpose, at, meant.order_by().values("pk"))
    count = sum(number for code, number in counts.items() if code not in NO)
    today = business.day_of(at)
    rate = share_who_bought(meant, before=today, days=WINDOW_DAYS)
    spend = spend_before(meant, before=today, days=WINDOW_DAYS, currency=business.currency)
    return count, rate, spend


def _plan_of(trial: Trial) -> Plan:
    return Plan(
        trial.list_count, trial.left_out_count, trial.can_tell, trial.rate_before,
        trial.needed_count, Spend(trial.spend_before, trial.spend_spread),
    )  # fmt: skip


def _known(mailing: Mailing, meant: CustomerQuerySet, at: datetime) -> Known:
    """Who takes part in the lot: whom the gate would let it reach, now or later.

    Who shares an address with another of the list is not drawn: one mailbox would have it and not.
    """
    import numpy as np

    ids = meant.order_by().values("pk")
    verdicts = verdicts_for_customers(mailing.channel, mailing.purpose, at, ids)
    reachable = np.fromiter((pk for pk, says in verdicts if not says.is_no), dtype=np.int64)
    shared = np.array(sorted(_sharing(meant)), dtype=np.int64)
    who = np.setdiff1d(reachable, shared)
    tiers, spend = np.full(len(who), TIERS.index("new")), np.zeros(len(who))
    last = np.zeros(len(who))
    facts = (
        CustomerFacts.objects.filter(customer__in=ids)
        .order_by()
        .values_list("customer_id", "tier", "year_spend_minor", "last_on")
    )
    rows = facts.iterator(chunk_size=5_000)
    while some := list(islice(rows, 50_000)):
        pks, tier, year, day = zip(*some, strict=True)
        found, place = _places(who, np.array(pks, dtype=np.int64))
        tiers[place] = np.array([TIERS.index(one) for one in tier])[found]
        spend[place] = np.array(year, dtype=np.float64)[found]
        last[place] = np.array([one.toordinal() if one else 0 for one in day])[found]
    return Known(who, tiers, spend, last)


def _places(who: Any, pks: Any) -> tuple[Any, Any]:
    """Which of these take part, and where they stand among those who do."""
    import numpy as np

    if not len(who):
        return np.zeros(len(pks), dtype=bool), np.zeros(0, dtype=np.int64)
    place = np.minimum(np.searchsorted(who, pks), len(who) - 1)
    found = who[place] == pks
    return found, place[found]


def _sharing(meant: CustomerQuerySet) -> set[int]:
    points = ContactPoint.objects.filter(
        kind=PointKind.EMAIL, state=PointState.USABLE, customer__in=meant.order_by().values("pk")
    )
    shared = (
        points.values("seal").annotate(count=Count("customer", distinct=True))
        .filter(count__gt=1).values("seal")
    )  # fmt: skip
    return set(points.filter(seal__in=shared).values_list("customer_id", flat=True))
