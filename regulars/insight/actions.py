"""Counting everything, and the word of a person over the count."""

import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.core.models import Job
from regulars.core.room_to_write import room_to_write
from regulars.customers.models import Customer
from regulars.insight.again import as_it_stands, mark_of, resting, way_for
from regulars.insight.basis import Basis
from regulars.insight.behind import keep_behind
from regulars.insight.buying_less import found_buying_less, keep_buying_less
from regulars.insight.choices import TierWhy, Way
from regulars.insight.counting import Count, Counted, Step, counted, in_silence
from regulars.insight.errors import DayNotOver, EndIsPast, ReasonMissing
from regulars.insight.events import FactsRefreshed, TierSet, TiersMoved
from regulars.insight.expecting import keep_expected
from regulars.insight.hindsight import hindsight_of, looking_back
from regulars.insight.indexing import mend_indexes, statements
from regulars.insight.modelling import parameters_of
from regulars.insight.models import (
    CustomerFacts,
    KeptFigure,
    Refresh,
    TierChange,
    TierOverride,
)
from regulars.insight.new_day import Came, let_day_come
from regulars.insight.page_figures import PAGE_FIGURES
from regulars.insight.queries import (
    HINDSIGHT,
    counted_tiers,
    first_day_of_the_books,
    latest_refresh,
    look_back_under_way,
    open_days,
    shown_tier_of,
)
from regulars.insight.recording import (
    Moves,
    begin_history,
    let_go_of_archived,
    write_down_moves,
    write_down_undone,
    write_down_word,
)
from regulars.insight.watch import is_watched, noted, put_up_watch, strike_off
from regulars.team.queries import the_named_business

# Of a figure that is counted month by month the statements of the last months tell enough.
STATEMENTS_KEPT = 8


def refresh_facts(
    *, as_of: date | None = None, by: Actor, at: datetime, engine: str | None = None,
    step: Step = in_silence, undone_since: datetime | None = None, full: bool | None = None,
) -> Refresh:  # fmt: skip
    """Count customers anew, as of today or of a day before it: everyone, or those who need it.

    `full` counts everyone; False counts as few as can be; left out, it is seen what the list needs
    (again.py). After something was undone, `undone_since` says when it had been done: then everyone
    is counted.

    Must not be called inside a transaction: the engine reads what is committed, and writes the
    rows that differ in short transactions of its own. Safe to run twice.
    """
    began = time.monotonic()
    mend_indexes()
    count = replace(count_for(as_of, at=at), undone_since=undone_since)
    last = latest_refresh()
    way = way_for(count, last, full=True if undone_since else full)
    if way == Way.FULL and not is_watched():
        put_up_watch()
    # What is noted from here on is left for the next count.
    notes = noted()
    # The clerk carries pages to their places while it is written down who moved.
    with ExitStack() as at_work:
        if last is None or way == Way.FULL:
            result = at_work.enter_context(counted(count, engine=engine, step=step))
            done = _everyone_stored(result, count, step=step, is_first=last is None)
        else:
            done = _some_counted(count, last, way, at_work, engine=engine, step=step)
        moves = _written_down(count, way, undone_since, at=at)
    # Whoever was erased meanwhile would stay in the sums that are moved on.
    if way != Way.DAY and _counted_in(done.figures["tiers"]) != CustomerFacts.objects.count():
        done.figures["tiers"] = counted_tiers()
    done.seconds = round(time.monotonic() - began, 3)
    _conclude(done, last, moves, by=by, at=at)
    strike_off(notes)
    return done


def _written_down(count: Count, way: Way, undone_since: datetime | None, *, at: datetime) -> Moves:
    """What the facts as they now stand moved: who left the list, and who became what."""
    if way != Way.DAY:
        let_go_of_archived(count.as_of, at=at, only_noted=way == Way.CHANGED)
    # Counts of the past look back; what they find is not what happens now.
    with room_to_write():
        moves = write_down_moves(count.as_of, at=at) if count.is_onward else {}
    if undone_since:
        write_down_undone(count.as_of, at=at)
    return moves


def _everyone_stored(result: Counted, count: Count, *, step: Step, is_first: bool) -> Refresh:
    step(_("Writing what has changed"))
    changed = _stored(result, is_first=is_first)
    basis = {**result.basis.as_dict(), "mark": mark_of(count)}
    return Refresh(
        as_of=count.as_of,
        way=Way.FULL,
        full_on=count.as_of,
        engine=result.counter.name,
        customer_count=result.customer_count,
        order_count=result.order_count,
        changed_count=changed,
        rhythm=result.rhythm,
        figures=result.figures,
        # After a count of the past the next one begins afresh.
        basis=basis if count.is_onward else {},
    )


def _some_counted(
    count: Count, last: Refresh, way: Way, at_work: ExitStack, *, engine: str | None, step: Step
) -> Refresh:
    """Those whose day has come, and those whose books changed; the rest stands as it is."""
    basis = Basis.of(last.basis)
    came = let_day_come(count.as_of, currency=count.currency, bars=basis.core_bars)
    changed, again, more = came.changed, 0, 0
    if way == Way.CHANGED:
        some = replace(count, basis=basis, only_noted=True)
        result = at_work.enter_context(counted(some, engine=engine, step=step))
        step(_("Writing what has changed"))
        again, changed = result.customer_count, changed + _stored(result, is_first=False)
        more = again - result.before_count
        came.adds(result.figures["tiers"])
    return Refresh(
        as_of=count.as_of,
        way=way,
        full_on=last.full_on,
        engine=last.engine,
        customer_count=last.customer_count + more,
        order_count=last.order_count,
        changed_count=changed,
        recounted_count=last.recounted_count + again,
        rhythm=last.rhythm,
        figures=_figures_after(came, last.figures),
        basis=last.basis,
    )


def _figures_after(came: Came, figures: dict[str, Any]) -> dict[str, Any]:
    tiers = figures.get("tiers")
    return {**figures, "tiers": came.after(tiers) if tiers else counted_tiers()}


def _counted_in(tiers: dict[str, list[int]]) -> int:
    return sum(customers for customers, *_money in tiers.values())


def day_of_the_business(at: datetime) -> date:
    return the_named_business().day_of(at)


def count_for(as_of: date | None, *, at: datetime) -> Count:
    """What is to be counted for a day of the business; today when none is given."""
    business = the_named_business()
    today = business.day_of(at)
    if as_of is not None and as_of > today:
        raise DayNotOver
    day = as_of or today
    last = Refresh.objects.aggregate(last=Max("as_of"))["last"]
    return Count(day, business.currency, open_days(), last is None or last <= day)


def _stored(result: Counted, *, is_first: bool) -> int:
    return result.counter.store(
        result.facts,
        table=CustomerFacts._meta.db_table,
        key="customer_id",
        among=(Customer._meta.db_table, "id"),
        # Nothing to lay a million rows beside, where there are none.
        before=result.before if result.before_count else None,
        # The first count of all begins the history: nobody became what they are on that day.
        at_first={"known_tier": "tier"} if is_first else {},
        indexes=statements(),
    )


@transaction.atomic
def _conclude(
    done: Refresh, last: Refresh | None, moves: Moves, *, by: Actor, at: datetime
) -> None:
    # Somebody else counted meanwhile, and may have written over what is newer: begin afresh.
    if latest_refresh() != last:
        done.basis = {}
    done.ended_at = at + timedelta(seconds=done.seconds)
    done.save()
    if done.customer_count and not TierChange.objects.exists():
        jobs.enqueue("insight.begin_history", at=at, unique_key=f"insight.begin_history:{done.pk}")
    audit.record("counted", done, by=by, at=at, changed=done.changed_count)
    announce(FactsRefreshed(done.as_of.isoformat(), done.changed_count), at=at)
    if moves:
        told: list[list[str | int]] = [
            [before, now, moved] for (before, now), moved in sorted(moves.items())
        ]
        announce(TiersMoved(done.as_of.isoformat(), told), at=at)


def count_figures(
    *, as_of: date | None = None, by: Actor, at: datetime, engine: str | None = None,
    step: Step = in_silence,
) -> list[str]:  # fmt: skip
    """Count what the pages of insight show, and keep it until the next count; gives the names.

    Must not be called inside a transaction. Safe to run twice.
    """
    last = latest_refresh()
    count = as_it_stands(count_for(as_of, at=at), last)
    rested = resting(count, last)
    asked = {name: rows_of for name, rows_of in PAGE_FIGURES.items() if name not in rested}
    kept = []
    with counted(count, engine=engine, step=step) as result:
        for name, rows_of in asked.items():
            with result.counter.overheard() as statements:
                rows = rows_of(result)
            kept.append(KeptFigure(
                name=name, as_of=count.as_of, counted_at=at, rows=rows,
                columns=list(rows[0]) if rows else [],
                statements=";\n\n".join(statements[-STATEMENTS_KEPT:]),
            ))  # fmt: skip
        fallen = found_buying_less(result)
        if count.is_onward:
            keep_expected(result)
    if count.is_onward:
        keep_buying_less(fallen, day=count.as_of)
    # Who stands behind the numbers is much, and goes before them in short steps.
    keep_behind(result.behind, at=at, but_of=rested)
    with transaction.atomic():
        KeptFigure.objects.filter(name__in=asked).delete()
        KeptFigure.objects.bulk_create(kept)
        audit.record("counted the figures", kept[0], by=by, at=at, figures=len(kept))
    return [one.name for one in kept]


def look_back(*, by: Actor, at: datetime, engine: str | None = None) -> int:
    """Lay what would have been foretold a quarter ago beside what came, and keep it for its page.

    Must not be called inside a transaction. Safe to run twice. Returns how many customers it knew.
    """
    count = count_for(None, at=at)
    earlier = looking_back(count, first_day_of_the_books())
    with (
        counted(earlier, engine=engine) as result,
        result.counter.overheard() as statements,
    ):
        found = hindsight_of(result)
    rows = {
        HINDSIGHT: found.whole, "calibration": found.tenths,
        "models": parameters_of(found.fits, count.currency),
    }  # fmt: skip
    kept = [
        KeptFigure(
            name=name, as_of=count.as_of, counted_at=at, rows=of_one,
            statements=";\n\n".join(statements) if name == HINDSIGHT else "",
        )
        for name, of_one in rows.items()
    ]  # fmt: skip
    with transaction.atomic():
        KeptFigure.objects.filter(name__in=rows).delete()
        KeptFigure.objects.bulk_create(kept)
        audit.record("looked back", kept[0], by=by, at=at)
    return found.whole[0]["customers"] if found.whole else 0


@transaction.atomic
def ask_to_look_back(*, by: Actor, at: datetime) -> Job:
    """Have what was foretold laid beside what came, soon."""
    under_way = look_back_under_way()
    if under_way is not None:
        return under_way
    job = jobs.enqueue("insight.look_back", at=at)
    audit.record("asked to look back", job, by=by, at=at)
    return job


@transaction.atomic
def ask_for_count(*, by: Actor, at: datetime) -> Job:
    """Have everything counted again soon; a count that is already waiting or under way will do."""
    under_way = Job.objects.filter(
        name="insight.refresh", state__in=(Job.State.WAITING, Job.State.RUNNING), due_at__lte=at
    ).order_by("id").last()  # fmt: skip
    if under_way is not None:
        return under_way
    job = jobs.enqueue("insight.refresh", at=at)
    audit.record("asked for a count", job, by=by, at=at)
    return job


@transaction.atomic
def set_tier(
    customer: Customer, *, tier: str, reason: str, until_on: date | None = None, by: Actor,
    at: datetime,
) -> TierOverride:  # fmt: skip
    """Say by hand who a customer is to us, and why; until a day, or until it is taken back."""
    if not reason.strip():
        raise ReasonMissing
    today = day_of_the_business(at)
    if until_on is not None and until_on <= today:
        raise EndIsPast
    before = shown_tier_of(customer)
    held = TierOverride.objects.filter(customer=customer, tier=tier).first()
    override, _made = TierOverride.objects.update_or_create(
        customer=customer,
        defaults={
            "tier": tier,
            "reason": reason.strip(),
            "set_by_id": by.member_id,
            "set_at": at,
            "since_on": held.since_on if held else today,
            "until_on": until_on,
        },
    )
    write_down_word(
        customer, before, why=TierWhy.SET, day=today, at=at, reason=override.reason,
        set_by_id=by.member_id,
    )  # fmt: skip
    audit.record("set the tier of", customer, by=by, at=at, tier=tier)
    announce(TierSet(customer.pk, tier), at=at)
    return override


@transaction.atomic
def take_back_tier(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Let the count say again who a customer is to us."""
    _hand_back(customer, TierWhy.TAKEN_BACK, day_of_the_business(at), by=by, at=at)
    audit.record("took back the tier of", customer, by=by, at=at)
    announce(TierSet(customer.pk, ""), at=at)


def begin_tier_history(day: date, *, by: Actor, at: datetime) -> int:
    """Write down who everyone is as of a day, so that what becomes of them can be told."""
    written = begin_history(day, at=at)
    audit.record("began the history of tiers", "insight.tierchange", by=by, at=at, rows=written)
    return written


def end_tiers(*, by: Actor, at: datetime) -> int:
    """Let the count say again who those are whose tier was set until a day that has come."""
    today = day_of_the_business(at)
    over = TierOverride.objects.filter(until_on__lte=today).select_related("customer")
    ended = 0
    for override in over.order_by("pk").iterator():
        ended += _ended(override, today, by=by, at=at)
    return ended


@transaction.atomic
def _ended(override: TierOverride, today: date, *, by: Actor, at: datetime) -> int:
    # Somebody may have said otherwise since it was found.
    if not TierOverride.objects.filter(pk=override.pk, until_on__lte=today).exists():
        return 0
    _hand_back(override.customer, TierWhy.ENDED, today, by=by, at=at)
    audit.record("ended the tier of", override.customer, by=by, at=at)
    announce(TierSet(override.pk, ""), at=at)
    return 1


def _hand_back(customer: Customer, why: TierWhy, today: date, *, by: Actor, at: datetime) -> None:
    before = shown_tier_of(customer)
    override = TierOverride.objects.filter(customer=customer).first()
    if override is None:
        return
    override.delete()
    CustomerFacts.objects.filter(customer=customer).update(tier_since=today)
    write_down_word(
        customer, before, why=why, day=today, at=at, reason=override.reason,
        set_by_id=by.member_id,
    )  # fmt: skip
