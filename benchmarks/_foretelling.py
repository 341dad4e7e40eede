"""Who foretells: each is given the books up to a cut and says what the next days will bring."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from _shops import HORIZON, Books, Days, Floats
from numpy.polynomial.legendre import leggauss

if TYPE_CHECKING:
    from regulars.insight.fitting.cells import Cells

WEEK = 7.0
FLAT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Past:
    """What is known at a cut of everyone who had bought by then; one row a customer."""

    books: Books
    cut: int
    who: Days
    first: Days
    last: Days
    count: Days
    spend: Floats

    @classmethod
    def of(cls, books: Books, cut: int) -> "Past":
        seen = books.day <= cut
        who, place = np.unique(books.who[seen], return_inverse=True)
        day = books.day[seen]
        first = np.full(len(who), np.iinfo(np.int64).max)
        last = np.zeros(len(who), dtype=np.int64)
        np.minimum.at(first, place, day)
        np.maximum.at(last, place, day)
        spend: Floats = np.bincount(place, weights=books.spend[seen]).astype(np.float64)
        return cls(books, cut, who, first, last, np.bincount(place).astype(np.int64), spend)

    @property
    def begin(self) -> int:
        return int(self.books.day.min())

    def came(self) -> Days:
        """How many purchases each makes in the days after the cut."""
        after = (self.books.day > self.cut) & (self.books.day <= self.cut + HORIZON)
        most = int(self.books.who.max()) + 1
        return np.bincount(self.books.who[after], minlength=most)[self.who].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Foretold:
    """For each customer of the past: the chance that they buy, and how many purchases."""

    chance: Floats
    count: Floats


Foreteller = Callable[[Past], Foretold]


def flat(past: Past) -> Foretold:
    """Bought in the last 90 days, or not: each lot does what such a lot did the last time."""
    before = Past.of(past.books, past.cut - HORIZON)
    came = before.came()
    recent_then = before.last > before.cut - FLAT_DAYS
    recent_now = past.last > past.cut - FLAT_DAYS
    chance, count = np.zeros(len(past.who)), np.zeros(len(past.who))
    for lot in (True, False):
        of_lot = came[recent_then == lot]
        # One customer of even chance is added, so that no lot is certain.
        chance[recent_now == lot] = ((of_lot > 0).sum() + 0.5) / (len(of_lot) + 1)
        count[recent_now == lot] = (of_lot.sum() + 0.5) / (len(of_lot) + 1)
    return Foretold(chance, count)


def rfm(past: Past) -> Foretold:
    """Fifths by recency, frequency and money, weighed as they would have been the last time."""
    before = Past.of(past.books, past.cut - HORIZON)
    if len(before.who) < 2:
        return flat(past)
    came = before.came()
    then, now = _fifths(before), _fifths(past)
    buys = _regression((came > 0).astype(float), then, is_count=False)
    counts = _regression(came.astype(float), then, is_count=True)
    chance = 1 / (1 + np.exp(-np.clip(now @ buys, -30, 30)))
    return Foretold(chance, np.exp(np.clip(now @ counts, -30, 5)))


def _fifths(past: Past) -> Floats:
    columns = [np.ones(len(past.who))]
    for values in (past.last, past.count, past.spend):
        place = np.searchsorted(np.sort(values), values, side="right") / len(values)
        columns.append(np.ceil(place * 5) - 3)
    return np.stack(columns, axis=1)


def _regression(seen: Floats, design: Floats, *, is_count: bool) -> Floats:
    """Logistic or Poisson regression with a light ridge, by Newton's steps."""
    at = np.zeros(design.shape[1])
    at[0] = np.log(seen.mean() + 0.01) if is_count else 0.0
    ridge = np.diag([0.01, 1.0, 1.0, 1.0])
    for _round in range(30):
        straight = np.clip(design @ at, -30, 10)
        middle = np.exp(straight) if is_count else 1 / (1 + np.exp(-straight))
        weight = middle if is_count else middle * (1 - middle)
        slope = design.T @ (seen - middle) - ridge @ at
        step = np.linalg.solve(design.T @ (design * weight[:, None]) + ridge, slope)
        at = at + step * min(1.0, 2.0 / max(1e-9, float(np.abs(step).max())))
    return at


def bg_nbd(past: Past) -> Foretold:
    from regulars.insight.fitting import bg_nbd as model

    top = model.fitted(_cells(past))
    fit = model.BgNbd(*top.parameters)
    repeats, recency, age, weeks = _in_weeks(past)
    silent = ((fit.alpha + age) / (fit.alpha + age + weeks)) ** (fit.r + repeats)
    chance = fit.still_there(repeats, recency, age) * (1 - silent)
    return Foretold(_sane(chance), _sane(fit.expected(repeats, recency, age, weeks)))


def pareto_nbd(past: Past) -> Foretold:
    from regulars.insight.fitting import pareto_nbd as model

    top = model.fitted(_cells(past))
    fit = model.ParetoNbd(*top.parameters)
    repeats, recency, age, weeks = _in_weeks(past)
    # A first purchase at each moment, while they are still there: integrated by 24 nodes.
    nodes, shares = leggauss(24)
    buys = np.zeros(len(repeats))
    for node, share in zip((nodes + 1) / 2 * weeks, shares / 2 * weeks, strict=True):
        pace = (fit.r + repeats) / (fit.alpha + age + node)
        still = ((fit.alpha + age) / (fit.alpha + age + node)) ** (fit.r + repeats)
        buys += share * pace * still * ((fit.beta + age) / (fit.beta + age + node)) ** fit.s
    chance = fit.still_there(repeats, recency, age) * buys
    return Foretold(_sane(chance), _sane(fit.expected(repeats, recency, age, weeks)))


def _cells(past: Past) -> "Cells":
    from regulars.insight.fitting.cells import Cells

    return Cells.of_customers(past.count - 1, past.last - past.first, past.cut - past.first)


def _in_weeks(past: Past) -> tuple[Floats, Floats, Floats, float]:
    recency, age = (past.last - past.first) / WEEK, (past.cut - past.first) / WEEK
    return (past.count - 1).astype(float), recency, age, HORIZON / WEEK


def _sane(values: Floats) -> Floats:
    """A model without a top may say anything; nothing is the mildest of it."""
    return np.clip(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), 0, 1e6)


def rhythm(past: Past) -> Foretold:
    """Ours, by the same functions as the product."""
    from regulars.insight.chances import back_within, purchases_within
    from regulars.insight.fitting.renewing import gaps_of, pattern_of

    clock = _clock(past)
    seen = past.books.day <= past.cut
    who, day = past.books.who[seen], past.books.day[seen]
    order = np.lexsort((day, who))
    marks = clock[day[order] - past.begin]
    now = float(clock[past.cut - past.begin])
    gaps = gaps_of(who[order], marks, now)
    pattern = pattern_of(who[order], marks, now)
    ahead = float(clock[past.cut + HORIZON - past.begin]) - now
    seen_of = (gaps.repeats.astype(float), gaps.span, gaps.silence)
    return Foretold(
        back_within(pattern, *seen_of, ahead), purchases_within(pattern, *seen_of, ahead)
    )


def _clock(past: Past) -> Floats:
    """Days of business passed by each day from the first of the books to the end of what comes."""
    from regulars.insight.calendar import OpenDays
    from regulars.insight.seasons import season_of

    seen = past.books.day[past.books.day <= past.cut]
    days = [date.fromordinal(day) for day in range(past.begin, past.cut + HORIZON + 1)]
    months = Counter((day.year, day.month) for day in map(date.fromordinal, seen.tolist()))
    season = season_of(months, days[0], date.fromordinal(past.cut), OpenDays([]))
    return np.cumsum(np.array([season.of(day) for day in days]))


def both(past: Past) -> Foretold:
    """The mean of ours and BG/NBD: an ensemble that was tried."""
    ours, theirs = rhythm(past), bg_nbd(past)
    return Foretold((ours.chance + theirs.chance) / 2, (ours.count + theirs.count) / 2)


FORETELLERS: dict[str, Foreteller] = {
    "flat": flat, "rfm": rfm, "bg_nbd": bg_nbd, "pareto_nbd": pareto_nbd, "rhythm": rhythm,
    "rhythm and bg_nbd": both,
}  # fmt: skip
