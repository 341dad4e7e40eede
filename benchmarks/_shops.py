"""Books to foretell from: three real ones, and shops made up with rhythms of their own.

The made-up ones follow none of the models that are judged on them: gaps are gamma distributed with
a regularity of the trade, customers stay for a time that has nothing to do with their purchases,
some come more and more seldom, and a season moves the days. Seeds are fixed.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]
Floats = NDArray[np.float64]

END = date(2026, 10, 31).toordinal()
YEARS = 3
HORIZON = 60
CUTS = 4


@dataclass(frozen=True, slots=True)
class Books:
    """Purchases, one row for each customer and day; days as ordinals of the calendar."""

    name: str
    size: int  # 0 for real ones
    who: Days
    day: Days
    spend: Floats
    cuts: tuple[int, ...]  # the last is kept for the end
    seed: int = 0

    @property
    def is_real(self) -> bool:
        return self.size == 0


@dataclass(frozen=True, slots=True)
class Trade:
    """How the customers of a trade come: gaps in days, regularity, years they stay, season."""

    gap: float  # the middle customer's
    between: float  # standard deviation of log gaps between customers
    regularity: float  # shape of the gamma distribution of gaps; 1 is pure chance
    stay_years: float
    once: float  # share who come once and never again
    spend: float
    # How much of a year's business each month has, over the mean; empty without a season.
    season: tuple[float, ...] = ()


TRADES = {
    "bakery": Trade(5, 0.8, 1.3, 2.5, 0.15, 12.0),
    "hairdresser": Trade(42, 0.35, 9.0, 2.5, 0.25, 55.0),
    "garden": Trade(
        30, 0.6, 1.5, 3.0, 0.3, 40.0,
        (0.15, 0.4, 1.5, 2.6, 2.6, 1.8, 0.9, 0.6, 0.7, 0.5, 0.15, 0.1),
    ),
    "wholesaler": Trade(25, 0.9, 2.0, 3.0, 0.2, 400.0),
}  # fmt: skip
# How many shops of each size: fewer of those that say more.
SHOPS = {30: 20, 100: 10, 300: 6, 3000: 2}


def made_up() -> Iterator[Books]:
    for trade in TRADES:
        for size, count in SHOPS.items():
            for seed in range(count):
                yield shop(trade, size, seed)


def shop(trade: str, size: int, seed: int) -> Books:
    """A shop of a trade with so many customers who have bought by the end of three years."""
    of, chance = TRADES[trade], np.random.default_rng([crc32(trade.encode()), size, seed])
    begin = END - YEARS * 365
    clock = _clock(of.season, begin)
    who, day, spend = [], [], []
    for number in range(size):
        # Half were there before the books begin; the rest came evenly since.
        first = float(chance.uniform(0.0, clock[-1])) if number % 2 else 0.0
        days = _days_of_one(of, chance, clock, first)
        who.append(np.full(len(days), number))
        day.append(begin + days)
        usual = of.spend * chance.lognormal(0, 0.6)
        spend.append(usual * chance.lognormal(0, 0.4, len(days)))
    cuts = tuple(END - HORIZON * back for back in range(CUTS, 0, -1))
    return Books(
        trade, size, np.concatenate(who), np.concatenate(day), np.concatenate(spend), cuts, seed
    )


def _clock(season: tuple[float, ...], begin: int) -> Floats:
    """How much of the season has passed by each day; plain days without one."""
    days = [date.fromordinal(begin + place) for place in range(YEARS * 365 + 1)]
    weights = [season[day.month - 1] if season else 1.0 for day in days]
    return np.cumsum(np.array(weights))


def _days_of_one(of: Trade, chance: np.random.Generator, clock: Floats, first: float) -> Days:
    gap = of.gap * chance.lognormal(0, of.between)
    if first == 0.0:
        first = float(chance.uniform(0, min(gap, clock[-1])))
    stay = 0.0 if chance.random() < of.once else float(chance.exponential(of.stay_years * 365))
    last = min(first + stay, float(clock[-1]))
    gaps = np.empty(0)
    if stay:
        # One in five comes more and more seldom before they go.
        fading = chance.random() < 0.2
        steps = 2 + int(4 * (last - first) / gap)
        gaps = gap * chance.gamma(of.regularity, 1 / of.regularity, steps)
        if fading:
            gaps *= np.linspace(1, 2.5, steps)
    moments = first + np.concatenate([[0.0], np.cumsum(gaps)])
    moments = moments[(moments <= last) | (np.arange(len(moments)) == 0)]
    found: Days = np.unique(np.searchsorted(clock, moments)).astype(np.int64)
    return found


def real(folder: Path) -> Iterator[Books]:
    yield _books("cdnow", _cdnow(folder / "cdnow_sample" / "CDNOW_sample.txt"), 5, HORIZON)
    retail = folder / "online_retail" / "online_retail_2010-12_2011-05.csv.gz"
    # Half a year of books: cuts lie closer.
    yield _books("online_retail", _retail(retail), CUTS, 20)
    yield _books(
        "groceries", _groceries(folder / "groceries" / "Groceries_dataset.csv"), 5, HORIZON
    )


def real_books(file: Path) -> Books:
    """Those of CDNOW alone."""
    return _books("cdnow", _cdnow(file), 5, HORIZON)


Rows = Iterator[tuple[str, date, float]]


def _books(name: str, rows: Rows, count: int, apart: int) -> Books:
    sums: dict[tuple[str, int], float] = {}
    for customer, day, spend in rows:
        key = (customer, day.toordinal())
        sums[key] = sums.get(key, 0.0) + spend
    names = {customer: place for place, customer in enumerate(sorted({key[0] for key in sums}))}
    ordered = sorted((names[customer], day, spend) for (customer, day), spend in sums.items())
    who, days, spends = (np.array(column) for column in zip(*ordered, strict=True))
    end = int(days.max())
    cuts = tuple(end - HORIZON - apart * back for back in range(count - 1, -1, -1))
    return Books(name, 0, who.astype(np.int64), days.astype(np.int64), spends.astype(float), cuts)


def _cdnow(file: Path) -> Rows:
    for line in file.read_text().splitlines():
        if parts := line.split():
            yield parts[1], date.fromisoformat(parts[2]), float(parts[4])


def _retail(file: Path) -> Rows:
    """Sales with a customer; cancelled invoices are no purchases."""
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        for row in csv.DictReader(opened):
            quantity = float(row["Quantity"])
            if row["CustomerID"] and not row["InvoiceNo"].startswith("C") and quantity > 0:
                day = datetime.fromisoformat(row["InvoiceDate"]).date()
                yield row["CustomerID"], day, quantity * float(row["UnitPrice"])


def _groceries(file: Path) -> Rows:
    """Without prices: an item counts one."""
    with file.open() as opened:
        for row in csv.DictReader(opened):
            day, month, year = map(int, row["Date"].split("-"))
            yield row["Member_number"], date(year, month, day), 1.0
