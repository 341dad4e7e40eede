"""What would have been foretold on an earlier day, beside what came since; writes nothing."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from regulars.insight import modelling
from regulars.insight.counting import Count, Counted, Row
from regulars.insight.modelling import HORIZON_DAYS, Z_95, Fit

RHYTHM, MODELS = "rhythm", "models"
# Fewer who had bought by then, or fewer days since, and what came is chance.
LEAST_CUSTOMERS, LEAST_DAYS = 50, 14
# From so many customers on they are told apart in tenths, else in fifths.
LEAST_FOR_TENTHS = 300
LIKELIEST = 20
LATER = {"customer_id": "int64", "day": "date"}


def looking_back(count: Count, begin_on: date | None) -> Count:
    """The same count as of a day of which it is known what followed.

    `HORIZON_DAYS` before, or the middle of shorter books. What came later is not seen by it.
    """
    days = (count.as_of - (begin_on or count.as_of)).days // 2
    days = max(1, min(HORIZON_DAYS, days))
    return replace(
        count, as_of=count.as_of - timedelta(days=days), is_onward=False, ahead_days=days
    )


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What was foretold, and what came; empty where there are too few to tell.

    `whole`, one row of all together: how many customers were foretold to come (`chances`, the sum
    of theirs; `doubt`, the variance that chance gives it) and came; purchases, by the rhythm and by
    the models with their bounds; how many of the 20 likeliest came, the Brier score, and that of
    one share for everybody. `tenths`: the same by tenths of customers (fifths of few), the least
    likely first; by the rhythm, then by the models. `models`: what those were fitted to then.
    """

    whole: list[Row]
    tenths: list[Row]
    fits: list[Fit]


def hindsight_of(count: Counted) -> Hindsight:
    """For a count that looks back: everything is told from what was known on its day alone."""
    came = _came(count)
    told = _by_rhythm(count, came)
    whole = count.counter.rows(_totals(told))[0]
    customers = whole["customers"]
    if customers < LEAST_CUSTOMERS or count.ahead_days < LEAST_DAYS:
        return Hindsight([], [], [])
    groups = 10 if customers >= LEAST_FOR_TENTHS else 5
    histories = modelling.histories_of(count)
    cells = modelling.cells_of(count.counter, histories)
    fit, weeks = modelling.bg_nbd_of(cells), _open_weeks(count)
    tenths = _grouped(count, told, RHYTHM, groups)
    if fit.is_determined:
        told_too = _by_models(count, fit, histories, weeks)
        tenths += _grouped(count, _beside(told_too, came), MODELS, groups)
    share = whole["came"] / customers
    row = {
        "from_on": count.as_of, "until_on": _until(count), "days": count.ahead_days, **whole,
        **_bounds(modelling.total_of(cells, fit, weeks=weeks)),
        **_likeliest(count, told), "brier_of_one_share": share * (1 - share),
    }  # fmt: skip
    return Hindsight([row], tenths, [fit, modelling.gamma_gamma_of(count.counter, histories)])


def _until(count: Counted) -> date:
    return count.as_of + timedelta(days=count.ahead_days)


def _came(count: Counted) -> Any:
    """How many purchases each made since."""
    from regulars.insight.metrics.histories import came_again

    until = _until(count)
    select = (
        "SELECT customer_id, placed_on AS day FROM orders_order"  # noqa: S608
        " WHERE kind = 'sale' AND customer_id IS NOT NULL"
        f" AND placed_on > '{count.as_of.isoformat()}' AND placed_on <= '{until.isoformat()}'"
    )
    later = count.counter.load("later", select, LATER).distinct()
    return came_again(later, after=count.as_of, until=until)


def _by_rhythm(count: Counted, came: Any) -> Any:
    told = modelling.chances_of(count)
    chances = told.select("customer_id", "purchases", chance=told.back_within)
    return count.counter.keep("told_by_rhythm", _beside(chances, came))


def _by_models(count: Counted, fit: Fit, histories: Any, weeks: float) -> Any:
    import ibis

    told = modelling.predicted_by(count, fit, histories, weeks=weeks)
    return told.select("customer_id", "purchases", chance=ibis.null("float64"))


def _beside(told: Any, came: Any) -> Any:
    both = told.left_join(came, "customer_id").drop("customer_id_right")
    return both.fill_null({"came": 0})


def _grouped(count: Counted, told: Any, by: str, groups: int) -> list[Row]:
    from regulars.insight.metrics.predictions import by_group

    return [{"by": by, **row} for row in count.counter.rows(by_group(told, groups=groups))]


def _totals(told: Any) -> Any:
    hit = (told.came > 0).cast("float64")
    return told.agg(
        customers=told.count(),
        chances=told.chance.sum(),
        doubt=(told.chance * (1 - told.chance)).sum(),
        came=(told.came > 0).sum(),
        purchases=told.purchases.sum(),
        purchases_came=told.came.sum(),
        brier=((told.chance - hit) ** 2).mean(),
    )


def _likeliest(count: Counted, told: Any) -> Row:
    import ibis

    first = told.order_by([ibis.desc("chance"), "customer_id"]).limit(LIKELIEST)
    row = first.agg(likeliest=first.count(), likeliest_came=(first.came > 0).sum())
    return count.counter.rows(row)[0]


def _bounds(found: tuple[float, float] | None) -> Row:
    if found is None:
        return {"by_models": None, "by_models_low": None, "by_models_high": None}
    middle, spread = found
    return {
        "by_models": middle, "by_models_low": max(0.0, middle - Z_95 * spread),
        "by_models_high": middle + Z_95 * spread,
    }  # fmt: skip


def _open_weeks(count: Counted) -> float:
    """Weeks of open days up to the end of what is known."""
    from regulars.insight.metrics.predictions import WEEK

    calendar = count.calendar
    ends = calendar.filter(calendar.day.isin([count.as_of, _until(count)]))
    found = count.counter.rows(ends.agg(days=ends.ordinal.max() - ends.ordinal.min()))
    return int(found[0]["days"]) / WEEK
