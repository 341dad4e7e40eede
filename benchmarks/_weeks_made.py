"""Weeks of shops, as they would have been had nothing happened, and what a disruption made of them.

Two ways of making them up, so that no method is judged by its own assumptions alone: shops of
customers with rhythms of their own (_shops.py), added up; and trades made up week by week, with
seasons, growth, weather that lasts, holidays, price rises and baskets of odd sizes. And a
wholesaler's real half year, asked about at several cuts.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from _shops import TRADES, real_books, shop
from numpy.typing import NDArray

Numbers = NDArray[Any]

END = date(2026, 10, 31)
AHEAD = 16


@dataclass(frozen=True, slots=True)
class Told:
    """A shop's weeks before the disruption and as they would have gone on.

    `usual` is false for weeks of an earlier disruption, to be left out. `middles` are ordinals of
    days; `cut` is the number of weeks known.
    """

    name: str
    middles: Numbers
    revenue: Numbers
    customers: Numbers
    usual: NDArray[np.bool_]
    cut: int
    closed_weeks: float
    is_real: bool = False


@dataclass(frozen=True, slots=True)
class Street:
    """A trade week by week: customers of a usual week, and how it moves."""

    customers: float
    basket: float
    basket_spread: float
    season: float  # amplitude of the year in logs
    peak: float  # a Christmas peak in logs
    growth: float  # a year, in logs: as large as this, up or down
    weather: float  # standard deviation of what lasts some weeks
    odd: float  # of a single week, besides chance
    wander: float  # of the level, a week


STREETS = {
    "cafe": Street(220, 9, 0.5, 0.10, 0.10, 0.10, 0.05, 0.05, 0.010),
    "clothes": Street(70, 60, 0.7, 0.25, 0.45, 0.15, 0.10, 0.10, 0.010),
    "ice": Street(150, 6, 0.4, 0.90, -0.30, 0.05, 0.20, 0.10, 0.010),
    "supplier": Street(25, 700, 1.1, 0.15, -0.40, 0.25, 0.10, 0.15, 0.020),
    "salon": Street(40, 55, 0.3, 0.08, 0.20, 0.05, 0.03, 0.05, 0.005),
    "workshop": Street(9, 250, 0.9, 0.20, 0.00, 0.20, 0.10, 0.10, 0.010),
    "online": Street(900, 35, 0.8, 0.15, 0.60, 0.30, 0.08, 0.06, 0.020),
}
YEARS = (0.5, 1.0, 1.6, 2.2, 3.0, 4.0)


def street_shops(seeds: range) -> Iterator[Told]:
    for name, street in STREETS.items():
        for seed in seeds:
            yield _street(name, street, seed)


def _street(name: str, of: Street, seed: int) -> Told:
    chance = np.random.default_rng([crc32(name.encode()), seed])
    cut = int(YEARS[seed % len(YEARS)] * 52)
    count = cut + AHEAD
    begin = END.toordinal() - int(chance.integers(0, 365)) - count * 7
    middles = begin + 7.0 * np.arange(count) + 3
    turned = (middles % 365.25) / 365.25
    summer = np.cos(2 * np.pi * (turned - 0.53 - chance.normal(0, 0.03)))
    feast = np.exp(-(((turned - 0.945 + 0.5) % 1 - 0.5) ** 2) / (2 * 0.03**2))
    slope = chance.uniform(-of.growth, of.growth) * (middles - middles[0]) / 365.25
    weather = np.zeros(count)
    for place in range(1, count):
        weather[place] = 0.7 * weather[place - 1] + chance.normal(0, of.weather * 0.71)
    level = np.cumsum(chance.normal(0, of.wander, count))
    logs = of.season * summer + of.peak * feast + slope + weather + level
    odd = chance.normal(0, of.odd, count)
    size = chance.lognormal(0, 0.5)
    customers = chance.poisson(of.customers * size * np.exp(logs + odd)).astype(float)
    dearer = np.floor((middles - middles[0]) / 365.25) * chance.uniform(0, 0.05)
    basket = of.basket * np.exp(dearer)
    spread = of.basket_spread
    bought = [int(come * chance.uniform(1, 1.2)) for come in customers]
    middle = np.log(basket) - spread**2 / 2
    revenue = np.array([
        chance.lognormal(each, spread, count).sum()
        for each, count in zip(middle, bought, strict=True)
    ])  # fmt: skip
    # The week of Christmas and the one after: short.
    short = np.where((turned > 0.975) | (turned < 0.008), 0.5, 1.0)
    customers, revenue = np.floor(customers * short), revenue * short
    closed = chance.integers(10, 61) / 7
    usual = np.ones(count, dtype=bool)
    if cut > 60 and seed % 2:
        # An earlier disruption, and the way back from it: known, and left out.
        first = int(chance.integers(10, cut - 30))
        usual[first : first + int(closed) + 6] = False
    return Told(name, middles, revenue, customers, usual, cut, closed)


def rhythm_shops(seeds: range) -> Iterator[Told]:
    """Customers with rhythms of their own, added up by weeks; three years of each."""
    for trade in TRADES:
        for size in (100, 300):
            for seed in seeds:
                books = shop(trade, size, 1000 + seed)
                chance = np.random.default_rng([7, crc32(trade.encode()), seed])
                weeks = int((books.day.max() - books.day.min()) // 7)
                cut = weeks - AHEAD - int(chance.integers(0, 40))
                yield _added_up(
                    f"{trade} {size}", books.who, books.day, books.spend, cut,
                    int(books.day.min()), float(chance.integers(10, 61) / 7),
                )  # fmt: skip


def _added_up(
    name: str, who: Numbers, day: Numbers, spend: Numbers, cut: int, first: int, closed: float,
    *, is_real: bool = False,
) -> Told:  # fmt: skip
    place = (day - first) // 7
    count = cut + AHEAD if not is_real else int(place.max())
    inside = (place >= 0) & (place < count)
    place, who, spend = place[inside], who[inside], spend[inside]
    revenue = np.bincount(place, weights=spend, minlength=count).astype(float)
    pairs = np.unique(np.stack([place, who]), axis=1)
    customers = np.bincount(pairs[0], minlength=count).astype(float)
    middles = first + 7.0 * np.arange(count) + 3
    return Told(name, middles, revenue, customers, np.ones(count, dtype=bool), cut, closed, is_real)


def retail(folder: Path) -> Iterator[Told]:
    """A wholesaler's half year, at several cuts; net of what was cancelled."""
    who: list[int] = []
    day: list[int] = []
    spend: list[float] = []
    file = folder / "online_retail" / "online_retail_2010-12_2011-05.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            if row["CustomerID"]:
                who.append(int(float(row["CustomerID"])))
                day.append(datetime.fromisoformat(row["InvoiceDate"]).date().toordinal())
                spend.append(float(row["Quantity"]) * float(row["UnitPrice"]))
    columns = np.array(who), np.array(day), np.array(spend)
    first = int(columns[1].min())
    for start in (0, 2, 4):
        for cut in (13, 15, 17):
            told = _added_up("online_retail", *columns, cut, first + start, 3.0, is_real=True)
            # Closed from Christmas to the third of January, as days closed in the settings.
            shut = date(2010, 12, 24).toordinal(), date(2011, 1, 4).toordinal()
            told.usual[(told.middles + 3 >= shut[0]) & (told.middles - 3 < shut[1])] = False
            yield told


def cdnow(folder: Path) -> Iterator[Told]:
    """Those who first bought in a quarter of 1997, over a year and a half, at several cuts.

    Nobody joins them afterwards, so their weeks fade: no shop of its own does, but a goal for those
    whom it has by now does.
    """
    books = real_books(folder / "cdnow_sample" / "CDNOW_sample.txt")
    first = int(books.day.min())
    for cut in (26, 34, 42, 50, 58):
        yield _added_up(
            "cdnow", books.who, books.day, books.spend, cut, first, 3.0, is_real=True
        )  # fmt: skip
