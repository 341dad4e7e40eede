"""Leaving some out by lot, letting the lot fall, and looking whether it helped."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.bulk import merge_rows
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.insight.choices import Tier
from regulars.team.queries import the_named_business
from regulars.verdicts.choices import Word
from regulars.verdicts.drawing import Known, left_out_by_lot, seed_of, strata_of
from regulars.verdicts.errors import LotHasFallen, NeverWithheld, TooFew
from regulars.verdicts.events import VerdictReached
from regulars.verdicts.looks import ALPHAS, LAST, day_of_look, latest_due
from regulars.verdicts.models import Lot, Policy, Trial, Verdict
from regulars.verdicts.outcomes import books_end_on, bought_since
from regulars.verdicts.rules import may_be_left_out, may_decide, may_set_policy
from regulars.verdicts.sizing import LEAST_LIST, NO_SPEND, Spend, plan_for

if TYPE_CHECKING:
    from regulars.verdicts.effects import Effect

# RELIABILITY, amendments: a transaction of bulk work lasts at most 100 ms.
CHUNK = 2_000
# So long after its end a trial is counted again: orders come in late.
COUNTED_AGAIN_FOR = timedelta(days=60)
TIERS = list(Tier.values)


@transaction.atomic
def keep_control_group(  # noqa: PLR0913 - each says one thing about the act
    *,
    occasion: str,
    name: str,
    purpose: str,
    channel: str,
    list_count: int,
    rate_before: float,
    spend: Spend = NO_SPEND,
    by: Actor,
    at: datetime,
    page: str = "",
    source: str = "desk",
    window_days: int = 30,
) -> Trial:
    """Have some customers left out of an act by lot, as many as it takes to see whether it helps.

    `rate_before` is the share of them who buy anyway in so many days. The lot falls later, when it
    is known who may be reached at all (`draw_lots`).
    """
    _check(by)
    if not may_be_left_out(purpose, channel):
        raise NeverWithheld
    plan = plan_for(list_count, rate_before, spend)
    if plan is None:
        raise TooFew(
            _("Too few to leave anybody out: it takes %(least)s customers.")
            % {"least": LEAST_LIST},
            _("Send it to all of them."),
        )
    _refuse_fallen(occasion)
    trial, _made = Trial.objects.update_or_create(
        occasion=occasion,
        defaults={
            "name": name[:200], "page": page, "purpose": purpose, "channel": channel,
            "source": source, "window_days": window_days, "list_count": plan.customers,
            "left_out_count": plan.left_out, "can_tell": plan.can_tell,
            "rate_before": plan.rate, "needed_count": plan.needed,
            "spend_before": spend.mean, "spend_spread": spend.spread, "planned_at": at,
            "planned_by_id": by.member_id, "seed": seed_of(occasion),
        },
    )  # fmt: skip
    audit.record("keeps a control group of", trial, by=by, at=at, left_out=plan.left_out)
    return trial


@transaction.atomic
def let_everybody_have_it(occasion: str, *, by: Actor, at: datetime) -> None:
    """Leave nobody out of an act after all."""
    _check(by)
    _refuse_fallen(occasion)
    for trial in Trial.objects.filter(occasion=occasion):
        audit.record("keeps no control group of", trial, by=by, at=at)
        trial.delete()


@transaction.atomic
def leave_out_by_default(*, is_on: bool, by: Actor, at: datetime) -> Policy:
    """Say whether some are left out of every mailing that sells or asks, where the list can tell.

    Each mailing may still be sent to everybody, or keep a control group of its own.
    """
    if not may_set_policy(by):
        raise NotAllowed(_("Only an owner says what goes for every mailing."), _("Ask one."))
    policy, _made = Policy.objects.update_or_create(pk=1, defaults={"by_default": is_on})
    audit.record("set the default of control groups", policy, by=by, at=at, is_on=is_on)
    return policy


def _check(by: Actor) -> None:
    if not may_decide(by):
        raise NotAllowed(
            _("Only owners and managers say who is left out by lot."), _("Ask one of them.")
        )


def _refuse_fallen(occasion: str) -> None:
    begun = Trial.objects.select_for_update().filter(occasion=occasion)
    if begun.filter(begins_on__isnull=False).exists():
        raise LotHasFallen(
            _("The lot has fallen already, and stays as it fell."), _("Load the page again.")
        )


def draw_lots(trial: Trial, known: Known, *, begins_on: date, at: datetime) -> Trial:
    """Let the lot fall for these customers, once: who is left out is written down for each.

    Must not be called inside a transaction: it writes in short ones. Stopped in between and called
    again, it draws the same.
    """
    if trial.drawn_at is not None:
        return trial
    Trial.objects.filter(pk=trial.pk, begins_on=None).update(begins_on=begins_on)
    stratum, words = strata_of(known, TIERS, trial.share)
    left = left_out_by_lot(known.ids, stratum, seed=trial.seed, share=trial.share)
    for rows in _chunks(trial, known, stratum, left):
        with transaction.atomic():
            merge_rows(
                Lot, ["trial_id", "customer_id", "stratum", "is_left_out"], rows,
                key=["trial_id", "customer_id"], on_conflict="NOTHING",
            )  # fmt: skip
    return _drawn(trial, words, at)


def _chunks(trial: Trial, known: Known, stratum: Any, left: Any) -> Iterator[list[Any]]:
    for begin in range(0, len(known.ids), CHUNK):
        part = slice(begin, begin + CHUNK)
        yield [
            (trial.pk, one, of, is_left)
            for one, of, is_left in zip(
                known.ids[part].tolist(), stratum[part].tolist(), left[part].tolist(), strict=True
            )
        ]


@transaction.atomic
def _drawn(trial: Trial, words: list[str], at: datetime) -> Trial:
    trial = Trial.objects.select_for_update().get(pk=trial.pk)
    trial.strata, trial.drawn_at = words, at
    trial.list_count = max(1, trial.lots.count())
    trial.left_out_count = trial.lots.filter(is_left_out=True).count()
    trial.save(update_fields=["strata", "drawn_at", "list_count", "left_out_count"])
    audit.record(
        "drew lots for", trial, by=SYSTEM, at=at, seed=trial.seed, left_out=trial.left_out_count
    )
    return trial


def take_looks(*, at: datetime) -> list[Verdict]:
    """Look at every trial of which a look is due, and anew at those that orders may still change.

    A look counts whole days up to one that the books reach; between looks nothing is said, because
    looking every day would find something sooner or later.
    """
    today, books = the_named_business().day_of(at), books_end_on()
    drawn = Trial.objects.filter(drawn_at__isnull=False).order_by("begins_on", "pk")
    since = today - COUNTED_AGAIN_FOR
    unsettled = Q(verdicts__is_last=True, verdicts__as_of__lt=since)
    found = []
    for trial in drawn.exclude(unsettled):
        due = _due(trial, today, books)
        if due:
            found.append(look_at(trial, look=due, at=at))
    return found


def _due(trial: Trial, today: date, books: date | None) -> int:
    if trial.begins_on is None:
        return 0
    return latest_due(trial.begins_on, trial.window_days, today=today, books_end_on=books)


def look_at(trial: Trial, *, look: int, at: datetime) -> Verdict:
    """Say whether an act helped, as far as this look can tell; what it said before is replaced."""
    from regulars.verdicts.effects import effect_of

    if trial.begins_on is None:
        raise ValueError(f"the lot of {trial} has not fallen")
    until = day_of_look(trial.begins_on, trial.window_days, look)
    alpha = ALPHAS[look - 1]
    bought = bought_since(trial, until=until, currency=the_named_business().currency)
    chance = seed_of(f"{trial.seed}/{look}")
    rate = effect_of(bought.rate, alpha=alpha, seed=chance, is_rate=True)
    money = effect_of(bought.money, alpha=alpha, seed=chance, is_rate=False)
    word = _word(rate)
    # Money is judged only where buying was: two questions, one chance of a false alarm.
    money_word = _word(money) if word != Word.CANNOT_TELL else Word.CANNOT_TELL
    return _said(
        trial, look, at,
        as_of=until, alpha=alpha, word=word, money_word=money_word,
        rate=asdict(rate) if rate else {}, money=asdict(money) if money else {},
    )  # fmt: skip


def _word(effect: "Effect | None") -> Word:
    if effect is not None and effect.is_more:
        return Word.HELPED
    if effect is not None and effect.is_less:
        return Word.HURT
    return Word.CANNOT_TELL


@transaction.atomic
def _said(trial: Trial, look: int, at: datetime, **found: Any) -> Verdict:
    is_last = look == LAST
    before = Verdict.objects.filter(trial=trial, look=look).first()
    verdict, is_first = Verdict.objects.update_or_create(
        trial=trial, look=look, defaults={**found, "is_last": is_last, "counted_at": at}
    )
    if is_first or (before is not None and before.word != verdict.word):
        audit.record("said", verdict, by=SYSTEM, at=at, word=verdict.word, look=look)
        announce(VerdictReached(trial.pk, trial.occasion, verdict.word, look, is_last), at=at)
    return verdict
