"""Control groups of mailings: how many, who, and what their pages say of it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from regulars.core import clock
from regulars.core.actor import Actor
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
from regulars.verdicts.outcomes import share_who_bought
from regulars.verdicts.queries import latest_of, trial_of
from regulars.verdicts.rules import may_be_left_out
from regulars.verdicts.sizing import LEAST_LIST, Plan, plan_for
from regulars.verdicts.wording import heading_of, left_out_words, plan_words

WINDOW_DAYS = 30
# Longer lists are looked through only once somebody asks.
SEEN_AT_ONCE = 20_000


class OfMailings:
    """What a mailing asks before and while it is sent."""

    def said(self, mailing: Mailing, actor: Actor) -> LotSaid | None:
        """What can be told, and what came of it, follows from orders: not said without them."""
        trial, hides_orders = trial_of(mailing.occasion), is_hidden(actor, "order")
        if trial is not None:
            said = self._kept(mailing, trial)
            return replace(said, detail="", page="", page_words="") if hides_orders else said
        is_draft = mailing.state == MailingState.DRAFT
        if not is_draft or not may_be_left_out(mailing.purpose, mailing.channel):
            return None
        return _unasked(mailing) if hides_orders else self._offered(mailing)

    def _kept(self, mailing: Mailing, trial: Trial) -> LotSaid:
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
            trial.left_out_count, sentence, plan_words(_plan_of(trial)),
            reverse("verdicts:everybody", args=[mailing.pk]), _("Leave nobody out"),
        )  # fmt: skip

    def _offered(self, mailing: Mailing) -> LotSaid | None:
        meant = audiences[mailing.audience].customers(mailing.definition)
        if meant.order_by().values("pk")[: SEEN_AT_ONCE + 1].count() > SEEN_AT_ONCE:
            return _unasked(mailing)
        count, rate = _reachable(mailing, meant)
        plan = plan_for(count, rate)
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
        return LotSaid(0, sentence, plan_words(plan), change, words)

    def left_out_count(self, mailing: Mailing) -> int:
        trial = trial_of(mailing.occasion)
        return trial.left_out_count if trial else 0

    def draw(self, mailing: Mailing, *, at: datetime) -> None:
        trial = trial_of(mailing.occasion)
        if trial is None or trial.drawn_at is not None:
            return
        meant = audiences[mailing.audience].customers(mailing.definition)
        begins = the_named_business().day_of(max(at, mailing.not_before or at))
        draw_lots(trial, _known(mailing, meant, at), begins_on=begins, at=at)

    def left_out(self, mailing: Mailing, ids: Collection[int]) -> Collection[int]:
        found = Lot.objects.filter(trial__occasion=mailing.occasion, is_left_out=True)
        return list(found.filter(customer__in=ids).values_list("customer_id", flat=True))


def _unasked(mailing: Mailing) -> LotSaid:
    """Offered without looking through the list first."""
    sentence = _("Nobody is left out, so nobody will know whether it helped.")
    change = reverse("verdicts:keep", args=[mailing.pk])
    return LotSaid(0, sentence, "", change, _lazy("Leave some out by lot"))


@transaction.atomic
def keep_for_mailing(mailing: Mailing, *, by: Actor, at: datetime) -> Trial:
    """Leave some of a mailing's customers out by lot, as many as it takes to tell."""
    mailing = _draft(mailing)
    meant = audiences[mailing.audience].customers(mailing.definition)
    count, rate = _reachable(mailing, meant)
    return keep_control_group(
        occasion=mailing.occasion, name=mailing.name, purpose=mailing.purpose,
        channel=mailing.channel, list_count=count, rate_before=rate, by=by, at=at,
        page=reverse("messaging:mailing", args=[mailing.pk]), source=mailing.source,
        window_days=WINDOW_DAYS,
    )  # fmt: skip


@transaction.atomic
def leave_nobody_out(mailing: Mailing, *, by: Actor, at: datetime) -> None:
    """Send a mailing to everybody after all."""
    let_everybody_have_it(_draft(mailing).occasion, by=by, at=at)


def _draft(mailing: Mailing) -> Mailing:
    # Whoever approves locks it too: what they saw is what is drawn.
    mailing = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if mailing.state != MailingState.DRAFT:
        raise LotHasFallen(_("This mailing has been approved as it is."), _("Load the page again."))
    return mailing


def _reachable(mailing: Mailing, meant: CustomerQuerySet) -> tuple[int, float]:
    """How many of the list may be written to, and which share of the list buys anyway."""
    at = clock.now()
    counts = counts_by_verdict(mailing.channel, mailing.purpose, at, meant.order_by().values("pk"))
    count = sum(number for code, number in counts.items() if code not in NO)
    today = the_named_business().day_of(at)
    return count, share_who_bought(meant, before=today, days=WINDOW_DAYS)


def _plan_of(trial: Trial) -> Plan:
    return Plan(
        trial.list_count, trial.left_out_count, trial.can_tell, trial.rate_before,
        trial.needed_count,
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
    facts = CustomerFacts.objects.filter(customer__in=ids).values_list(
        "customer_id", "tier", "year_spend_minor", "last_on"
    )
    for pk, tier, year, day in facts.iterator(chunk_size=5_000):
        place = int(np.searchsorted(who, pk))
        if place < len(who) and who[place] == pk:
            tiers[place], spend[place] = TIERS.index(tier), year
            last[place] = day.toordinal() if day else 0
    return Known(who, tiers, spend, last)


def _sharing(meant: CustomerQuerySet) -> set[int]:
    points = ContactPoint.objects.filter(
        kind=PointKind.EMAIL, state=PointState.USABLE, customer__in=meant.order_by().values("pk")
    )
    shared = (
        points.values("seal").annotate(count=Count("customer", distinct=True))
        .filter(count__gt=1).values("seal")
    )  # fmt: skip
    return set(points.filter(seal__in=shared).values_list("customer_id", flat=True))
