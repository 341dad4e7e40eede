"""The keys of `sifting`, as statements for an engine that looks through a long list."""

# Statements are put together from constants of our own; ids of fields are numbers.
# ruff: noqa: S608

from collections.abc import Callable
from typing import Any

from regulars.customers.choices import Kind
from regulars.customers.likeness import (
    COMPARISONS,
    DIFFERENT,
    NAME_SHARE,
    OFFICES,
    OTHER_SHARE,
    UNKNOWN,
    Comparison,
    least_score,
    muddled_sql,
    near_sql,
)
from regulars.customers.marks import TellingFields, telling_fields
from regulars.customers.sifting import (
    AGES,
    FORMS,
    LEAST_PHONE,
    MOST_OWN,
    MOST_SHARING,
    MOST_WEAKLY,
    PHONE_END,
    TITLES,
)
from regulars.customers.verdicts import Alike
from regulars.engines.opening import DUCKDB, Wanted, open_engine
from regulars.engines.pairing import (
    ALIKE,
    PAIRS,
    PEOPLE,
    Compared,
    Outcome,
    Pairing,
    alike_pairs,
)

_AGE = f"(^| )({'|'.join(AGES)})$"
_AGE_OF = " ".join(f"WHEN '{word}' THEN '{age}'" for word, age in AGES.items())
_FORM = f"( ({FORMS}))+$"
_PERSON = f"kind = '{Kind.PERSON.value}'"

FETCHED = (
    Wanted(
        "listed",
        "SELECT id, kind, name, given_name, family_name FROM customers_customer"
        f" WHERE archived_at IS NULL AND kind <> '{Kind.DEPARTMENT.value}'",
        {
            "id": "int64", "kind": "string", "name": "string", "given_name": "string",
            "family_name": "string",
        },
    ),
    Wanted(
        "points",
        "SELECT p.id, p.customer_id, p.kind, p.normal, p.street, p.postcode, p.city,"
        " CASE WHEN p.is_primary THEN 0 ELSE 1 END AS place FROM customers_contactpoint p"
        " WHERE p.kind IN ('email', 'phone', 'address')",
        {
            "id": "int64", "customer_id": "int64", "kind": "string", "normal": "string",
            "street": "string", "postcode": "string", "city": "string", "place": "int64",
        },
    ),
)  # fmt: skip


def _values(telling: TellingFields) -> list[Wanted]:
    born = ", ".join(map(str, telling.born)) or "0"
    marks = ", ".join(map(str, telling.marks)) or "0"
    table = "FROM customers_customvalue WHERE field_id IN"
    return [
        Wanted(
            "days",
            f"SELECT id, customer_id, day {table} ({born}) AND day IS NOT NULL",
            {"id": "int64", "customer_id": "int64", "day": "date"},
        ),
        Wanted(
            "numbers",
            f"SELECT customer_id, field_id, text {table} ({marks})",
            {"customer_id": "int64", "field_id": "int64", "text": "string"},
        ),
    ]


_FOLDED = (
    "CREATE MACRO folded(x) AS trim(regexp_replace(strip_accents(replace(lower(x), 'ß', 'ss')),"
    r" '[^\pL\pN]+', ' ', 'g'))"
)
_WORDED = f"""
CREATE TABLE worded AS
SELECT id, kind,
  CASE WHEN {_PERSON} THEN regexp_replace(folded(given_name), '^({TITLES}) (.)', '\\2') ELSE '' END
    AS first,
  CASE WHEN {_PERSON}
    THEN folded(CASE WHEN given_name || family_name <> '' THEN family_name ELSE name END)
    ELSE regexp_replace(folded(name), '{_FORM}', '') END AS last
FROM listed"""
_NAMED = f"""
CREATE TABLE named AS
WITH aged AS (
  SELECT *, CASE WHEN {_PERSON} THEN regexp_extract(last, '{_AGE}', 2) ELSE '' END AS age
  FROM worded
), cut AS (
  SELECT *, CASE WHEN age = '' THEN last ELSE trim(regexp_replace(last, '{_AGE}', '')) END AS rest
  FROM aged
)
SELECT id, kind,
  replace(CASE WHEN age <> '' AND rest = '' THEN regexp_replace(first, ' ?[^ ]*$', '')
    ELSE first END, ' ', '') AS given,
  replace(CASE WHEN age <> '' AND rest = '' THEN regexp_extract(first, '[^ ]*$')
    ELSE rest END, ' ', '') AS family,
  CASE age {_AGE_OF} ELSE '' END AS age
FROM cut"""
_REACHED = f"""
CREATE TABLE reached AS
SELECT customer_id AS id, kind,
  CASE WHEN kind = 'email' THEN normal
    ELSE right(regexp_replace(normal, '[^0-9]', '', 'g'), {PHONE_END}) END AS point
FROM points
WHERE (kind = 'email' AND contains(normal, '@'))
  OR (kind = 'phone' AND length(regexp_replace(normal, '[^0-9]', '', 'g')) >= {LEAST_PHONE})"""
_PLACED = """
CREATE TABLE placed AS
SELECT customer_id AS id, arg_min({'s': street, 'p': postcode, 'c': city}, (place, id)) AS place
FROM points WHERE kind = 'address' GROUP BY customer_id"""
_BEGINS = "split_part(coalesce(list_min(e.points), ''), '@', 1)"
_LOCAL = (
    f"CASE WHEN {_BEGINS} IN ({', '.join(map(repr, sorted(OFFICES)))}) THEN '' ELSE {_BEGINS} END"
)
_PEOPLE = f"""
CREATE TABLE {PEOPLE} AS
SELECT n.*, array_to_string(list_sort(string_split(n.given, '')), '') AS letters,
  coalesce(e.points, []) AS emails, {_LOCAL} AS local,
  coalesce(p.points, []) AS phones, coalesce(m.marks, []) AS marks, coalesce(b.born, '') AS born,
  coalesce(replace(folded(a.place.s), ' ', ''), '') AS street,
  regexp_replace({_LOCAL}, '[^0-9]', '', 'g') AS digits,
  regexp_replace(coalesce(folded(a.place.s), ''), '[^0-9]', '', 'g') AS door,
  coalesce(replace(folded(a.place.p), ' ', ''), '') AS postcode,
  coalesce(replace(folded(a.place.c), ' ', ''), '') AS city
FROM named n
LEFT JOIN (SELECT id, list(DISTINCT point) AS points FROM reached WHERE kind = 'email'
  GROUP BY id) e ON e.id = n.id
LEFT JOIN (SELECT id, list(DISTINCT point) AS points FROM reached WHERE kind = 'phone'
  GROUP BY id) p ON p.id = n.id
LEFT JOIN (SELECT customer_id AS id, arg_min(strftime(day, '%Y%m%d'), days.id) AS born FROM days
  GROUP BY customer_id) b ON b.id = n.id
LEFT JOIN (SELECT customer_id AS id,
  list(DISTINCT field_id || ':' || replace(folded(text), ' ', '')) AS marks FROM numbers
  WHERE folded(text) <> '' GROUP BY customer_id) m ON m.id = n.id
LEFT JOIN placed a ON a.id = n.id"""
_OWN = f"""
CREATE TABLE own AS
SELECT point FROM reached r JOIN named n ON n.id = r.id
GROUP BY point
HAVING count(DISTINCT n.id) BETWEEN 2 AND {MOST_OWN}
  AND count(DISTINCT least(given, family) || ':' || greatest(given, family)) = 1"""
_NAMES = (
    "SELECT *, least(given, family) AS one, greatest(given, family) AS other,"
    " least(left(given, 2), left(family, 2)) || greatest(left(given, 2), left(family, 2))"
    f" AS starts FROM {PEOPLE}"
)
_STRONG = f"""
SELECT id, kind, 'e:' || unnest(emails) AS key FROM {PEOPLE}
UNION ALL SELECT id, kind, 'p:' || unnest(phones) FROM {PEOPLE}
UNION ALL SELECT id, kind, 'm:' || unnest(marks) FROM {PEOPLE}"""
_WEAK = f"""
WITH names AS ({_NAMES}),
parts AS (
  SELECT *, unnest([city, postcode, left(born, 4)]) AS part FROM names
),
single AS (SELECT *, unnest([one, other]) AS single FROM names),
worded AS (SELECT *, unnest([family, CASE WHEN given <> '' AND family <> ''
  THEN given || ':' || left(family, 1) ELSE given END]) AS word FROM names)
SELECT id, kind, 'n:' || one || ':' || other AS key FROM names WHERE other <> ''
UNION SELECT id, kind, 'i:' || starts || ':' || part FROM parts
  WHERE one <> '' AND other <> '' AND part <> ''
UNION SELECT id, kind, 'w:' || word || ':' || unnest([city, postcode, left(born, 4)])
  FROM worded WHERE word <> ''
UNION SELECT id, kind, 'b:' || left(single, 1) || ':' || born FROM single
  WHERE single <> '' AND born <> ''
UNION SELECT id, kind, 's:' || left(single, 1) || ':' || street FROM single
  WHERE single <> '' AND street <> ''
UNION SELECT id, kind, 'l:' || split_part(unnest(emails), '@', 1) FROM names"""
# A key without its last part tells nothing.
_KEYED = "key NOT LIKE 'w:%:'"


def _pairs(keys: str, most: int) -> str:
    return f"""
WITH keyed AS (SELECT DISTINCT id, hash(kind, key) AS key FROM ({keys}) WHERE {_KEYED}),
shared AS (SELECT key, list(id) AS ids FROM keyed GROUP BY key
  HAVING count(*) BETWEEN 2 AND {most}),
members AS (SELECT key, ids, unnest(ids) AS low FROM shared)
SELECT low, high FROM (SELECT low, unnest(ids) AS high FROM members) WHERE low < high"""


_PAIRS = (
    f"CREATE TABLE {PAIRS} AS SELECT DISTINCT low, high FROM ("
    f"({_pairs(_STRONG, MOST_SHARING)}) UNION ALL ({_pairs(_WEAK, MOST_WEAKLY)}))"
)
_SHARED = (
    "EXISTS (SELECT 1 FROM (SELECT unnest(list_intersect(l.{points}, r.{points})) AS point) s"
    " JOIN own USING (point))"
)
_ANSWER = f"""
SELECT a.*, l.age <> r.age AS ages_differ, {_SHARED.format(points="emails")} AS own_email,
  {_SHARED.format(points="phones")} AS own_phone,
  l.given <> '' AND l.family <> '' AND r.given <> '' AND r.family <> ''
  AND NOT {near_sql("l.given", "r.given", OTHER_SHARE)}
  AND NOT {near_sql("l.given", "r.family", NAME_SHARE)}
  AND NOT {muddled_sql("l.{}", "r.{}")} AS are_two
FROM {ALIKE} a JOIN {PEOPLE} l ON l.id = a.low JOIN {PEOPLE} r ON r.id = a.high"""


def pairing_of(telling: TellingFields) -> Pairing:
    """How an engine looks through the list."""
    return Pairing(
        wanted=[*FETCHED, *_values(telling)],
        statements=[_FOLDED, _WORDED, _NAMED, _REACHED, _PLACED, _PEOPLE, _OWN, _PAIRS],
        comparisons=[
            Compared(
                one.name,
                one.unknown_sql,
                [Outcome(level.sql, level.m, level.u) for level in one.levels],
                one.different,
            )
            for one in COMPARISONS
        ],
        least=least_score,
        answer=_ANSWER,
    )


def found_by_engine(engine: str | None, *, step: Callable[[str], None]) -> list[Alike]:
    """Every pair worth showing, of the whole list, found on DuckDB whatever else counts."""
    with open_engine(engine or DUCKDB) as counter:
        rows = alike_pairs(counter, pairing_of(telling_fields()), step=lambda _word: None)
        return [alike for row in rows if not (alike := _alike_of(row)).is_household]


def _alike_of(row: dict[str, Any]) -> Alike:
    return Alike(
        row["low"],
        row["high"],
        round(row["score"], 2),
        {one.name: _level_of(one, row[f"is_{one.name}"]) for one in COMPARISONS},
        own_email=row["own_email"],
        own_phone=row["own_phone"],
        ages_differ=row["ages_differ"],
        are_two=row["are_two"],
    )


def _level_of(comparison: Comparison, place: int) -> str:
    """Splink counts levels from the loosest up: -1 is unknown, 0 is different."""
    if place < 0:
        return UNKNOWN
    return comparison.levels[len(comparison.levels) - place].name if place else DIFFERENT
