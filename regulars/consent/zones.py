"""By which clock customers live, as far as the country that they live in tells."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from django.db import connection

from regulars.consent.models import Wish
from regulars.core.bulk import rows_of, run_sql, table_of
from regulars.core.column_sets import folded
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint
from regulars.team.queries import the_business

# Languages in which files name countries.
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs")
# As people write them, beside the names that the languages have.
WRITTEN = {
    "uk": "GB", "greatbritain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northernireland": "GB", "usa": "US", "unitedstatesofamerica": "US", "eire": "IE",
    "holland": "NL", "czechrepublic": "CZ",
}  # fmt: skip


def is_zone(name: str) -> bool:
    return name in available_timezones()


@lru_cache(maxsize=4096)
def country_code(text: str) -> str:
    """The country that somebody wrote: “GB”, “Germany”, “Österreich”; nothing where unclear."""
    word = folded(text)
    if len(word) == 2 and word.upper() in get_global("territory_zones"):
        return word.upper()
    return WRITTEN.get(word) or _names().get(word, "")


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    named: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                named.setdefault(folded(name), code)
    return named


@lru_cache(maxsize=512)
def zone_of(code: str) -> str:
    """The time zone of a country; nothing where its clocks differ, or it is not known."""
    zones = [zone for zone in get_global("territory_zones").get(code, []) if is_zone(zone)]
    return zones[0] if len({_clock(zone) for zone in zones}) == 1 else ""


def _clock(zone: str) -> tuple[timedelta | None, ...]:
    """How far ahead of UTC its clocks are in each month of a year."""
    place = ZoneInfo(zone)
    return tuple(datetime(2026, month, 15, tzinfo=place).utcoffset() for month in range(1, 13))


def zone_in(country: str, home_country: str, home_zone: str) -> str:
    """The zone of whoever lives in a country as it was written; ours where that is our country."""
    code = country_code(country)
    if code and code == home_country:
        return home_zone
    return zone_of(code)


def place(customer_ids: Iterable[int] | None, *, at: datetime) -> int:
    """Write the zones of these customers, or of all; set by set, one statement each."""
    business = the_business()
    if business is None:
        return 0
    points = ContactPoint.objects.filter(kind=PointKind.ADDRESS).exclude(country="")
    ids = None if customer_ids is None else sorted(set(customer_ids))
    if ids is not None:
        points = points.filter(customer_id__in=ids)
    written = sorted(set(points.order_by().values_list("country", flat=True).distinct()))
    known = [
        (country, zone)
        for country in written
        if (zone := zone_in(country, business.country, business.time_zone))
    ]
    return sum(_write(known, scope, at) for scope in _scopes(ids))


# As many customers as one statement writes in less than 100 ms on SQLite.
STRETCH = 5000


def _scopes(ids: Sequence[int] | None) -> Iterable[tuple[str, list[int]]]:
    """Conditions on `customer_id`, with their values."""
    if ids is None:
        (low, high), *_ = rows_of(
            f"SELECT min(customer_id), max(customer_id) FROM {table_of(ContactPoint)}"
        )
        while low is not None and low <= high:
            yield "BETWEEN %s AND %s", [low, low + STRETCH - 1]
            low += STRETCH
        return
    for start in range(0, len(ids), 500):
        some = list(ids[start : start + 500])
        yield f"IN ({', '.join(['%s'] * len(some))})", some


def _write(known: Sequence[tuple[str, str]], scope: tuple[str, list[int]], at: datetime) -> int:
    which, values = scope
    moment = connection.ops.adapt_datetimefield_value(at)
    placed = _placed(known, which)
    told = [text for pair in known for text in pair] + [PointKind.ADDRESS.value, *values]
    wish = table_of(Wish)
    if not known:
        return _forget(wish, which, values, moment)
    count = run_sql(
        # Before the WITH: sqlite3 counts the rows of a statement by its first word.
        f"INSERT INTO {wish} (customer_id, time_zone, zone_source, channel, topics, changed_at)"
        f" WITH placed AS ({placed})"
        " SELECT customer_id, zone, 'address', '', '[]', %s FROM placed WHERE place = 1"
        " ON CONFLICT (customer_id) DO UPDATE SET time_zone = excluded.time_zone,"
        " zone_source = 'address', changed_at = excluded.changed_at"
        f" WHERE {wish}.zone_source IN ('', 'address')"
        f" AND {wish}.time_zone <> excluded.time_zone",
        [*told, moment],
    )
    still = f" AND customer_id NOT IN (SELECT customer_id FROM ({placed}) AS placed)"
    return count + _forget(wish, which, values, moment, still, told)


def _placed(known: Sequence[tuple[str, str]], which: str) -> str:
    cases = " ".join("WHEN %s THEN %s" for _pair in known)
    return (
        "SELECT customer_id, zone, row_number() OVER"
        " (PARTITION BY customer_id ORDER BY is_primary DESC, id) AS place"
        f" FROM (SELECT id, customer_id, is_primary, CASE country {cases} ELSE '' END AS zone"
        f" FROM {table_of(ContactPoint)} WHERE kind = %s AND customer_id {which}) AS living"
        " WHERE zone <> ''"
    )


def _forget(
    wish: str,
    which: str,
    values: Sequence[object],
    moment: object,
    still: str = "",
    told: Sequence[object] = (),
) -> int:
    """Whoever lives nowhere that tells the zone any more lives by our clock again."""
    return run_sql(
        f"UPDATE {wish} SET time_zone = '', zone_source = '', changed_at = %s"
        f" WHERE zone_source = 'address' AND customer_id {which}{still}",
        [moment, *values, *told],
    )
