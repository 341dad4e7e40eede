"""Staged details into the list: compared with what customers have, then added to it."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from regulars.core.before_images import (
    changing,
    create_rows,
    remember_created,
    remember_deleted,
)
from regulars.core.bulk import fresh_ids, id_ranges, rows_of, run_sql
from regulars.core.column_sets import Step, Terms
from regulars.core.models import Operation
from regulars.core.money import Money
from regulars.customers.comparing import policy_of
from regulars.customers.custom_values import Held, value_read
from regulars.customers.details import OWN, TAG
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomField,
    CustomValue,
    Interest,
    Reference,
    StagedDetail,
    Tag,
)
from regulars.customers.naming import search_text_of
from regulars.customers.queries.custom import column_of, custom_fields, custom_values_of

CHUNK = 300
POINTS = "('email', 'phone', 'address')"
TOPICS = "('interest', 'need')"
# The plus keeps SQLite from going through the whole import, by its key, for each stretch of ids.
RANGE = "+d.import_id = %(import)s AND d.id BETWEEN %(low)s AND %(high)s"
STAGED = (
    "customers_stageddetail d JOIN customers_stagedcustomer s"
    " ON s.import_id = d.import_id AND s.key = d.key"
)
# In the words of `taking_in`: which of the known the file says something new of.
LACKING = (
    "UPDATE customers_stagedcustomer AS s SET is_changed = TRUE WHERE {range}"
    " AND s.customer_id IS NOT NULL AND EXISTS (SELECT 1 FROM customers_stageddetail d"
    "  WHERE d.import_id = s.import_id AND d.key = s.key AND ("
    f"  (d.kind IN {POINTS} AND {{points}} AND NOT EXISTS (SELECT 1 FROM customers_contactpoint p"
    "    WHERE p.customer_id = s.customer_id AND p.kind = d.kind AND p.normal = d.normal))"
    f"  OR (d.kind = '{TAG}' AND {{tags}} AND NOT EXISTS (SELECT 1 FROM customers_customertag x"
    "    JOIN customers_tag t ON t.id = x.tag_id"
    "    WHERE x.customer_id = s.customer_id AND t.folded = d.normal))"
    f"  OR (d.kind IN {TOPICS} AND {{topics}} AND NOT EXISTS (SELECT 1 FROM customers_interest i"
    "    WHERE i.customer_id = s.customer_id AND i.kind = d.kind AND i.folded = d.normal"
    " AND {still}))))"
)
ADD_POINTS = (
    "INSERT INTO customers_contactpoint (customer_id, kind, value, normal, seal, label, street,"
    " postcode, city, region, country, is_primary, state, source, created_at)"
    " SELECT s.customer_id, d.kind, d.value, d.normal, d.seal, d.label, d.street, d.postcode,"
    " d.city, d.region, d.country, d.id = (SELECT min(o.id) FROM customers_stageddetail o"
    "  WHERE o.import_id = d.import_id AND o.key = d.key AND o.kind = d.kind)"
    " AND NOT EXISTS (SELECT 1 FROM customers_contactpoint p"
    "  WHERE p.customer_id = s.customer_id AND p.kind = d.kind AND p.is_primary),"
    f" d.state, %(source)s, %(at)s FROM {STAGED} WHERE {RANGE} AND d.kind IN {POINTS}"
    " AND s.customer_id IS NOT NULL AND (s.is_new OR s.is_changed) AND {points} ORDER BY d.id"
    " ON CONFLICT (customer_id, kind, normal) DO NOTHING"
)
UNLABELLED = (
    "SELECT p.id, d.label FROM customers_contactpoint p, customers_stageddetail d,"
    f" customers_stagedcustomer s WHERE {RANGE} AND s.import_id = d.import_id AND s.key = d.key"
    " AND (s.is_new OR s.is_changed) AND d.label <> '' AND p.customer_id = s.customer_id"
    " AND p.kind = d.kind AND p.normal = d.normal AND p.label = ''"
)
NEW_TAGS = (
    f"SELECT DISTINCT d.normal, min(d.value) FROM {STAGED} WHERE {RANGE} AND d.kind = '{TAG}'"
    " AND (s.is_new OR s.is_changed) AND {tags} AND NOT EXISTS (SELECT 1 FROM customers_tag t"
    "  WHERE t.folded = d.normal) GROUP BY d.normal ORDER BY d.normal"
)
ADD_TAGS = (
    "INSERT INTO customers_customertag (customer_id, tag_id, source, tagged_at)"
    f" SELECT s.customer_id, t.id, %(source)s, %(at)s FROM {STAGED}"
    " JOIN customers_tag t ON t.folded = d.normal"
    f" WHERE {RANGE} AND d.kind = '{TAG}' AND s.customer_id IS NOT NULL"
    " AND (s.is_new OR s.is_changed) AND {tags} ORDER BY d.id"
    " ON CONFLICT (customer_id, tag_id) DO NOTHING"
)
ADD_TOPICS = (
    "INSERT INTO customers_interest (customer_id, kind, topic, folded, words, source, noted_on,"
    " is_still_true, created_at)"
    " SELECT s.customer_id, d.kind, min(d.value), d.normal, '', %(source)s, %(day)s, TRUE, %(at)s"
    f" FROM {STAGED} WHERE {RANGE} AND d.kind IN {TOPICS} AND s.customer_id IS NOT NULL"
    " AND (s.is_new OR s.is_changed) AND {topics}"
    " AND NOT EXISTS (SELECT 1 FROM customers_interest i"
    "  WHERE i.customer_id = s.customer_id AND i.kind = d.kind AND i.folded = d.normal"
    " AND {still}) GROUP BY s.customer_id, d.kind, d.normal"
)
OWN_VALUES = (
    f"SELECT s.id, s.customer_id, d.label, d.value FROM {STAGED} WHERE {RANGE}"
    f" AND d.kind = '{OWN}' AND s.customer_id IS NOT NULL ORDER BY d.id"
)


def has_details(terms: Terms) -> bool:
    return StagedDetail.objects.filter(import_id=terms.import_id).exists()


def _points_taken(terms: Terms) -> str:
    """Whose repeated addresses and numbers are taken, by what was chosen for the first."""
    parts = []
    for kind, field in (("email", "email"), ("phone", "phone"), ("address", "street")):
        match policy_of(terms, field):
            case "ignore":
                parts.append(f"(d.kind <> '{kind}' OR s.is_new)")
            case "fill":
                parts.append(
                    f"(d.kind <> '{kind}' OR s.is_new OR NOT EXISTS (SELECT 1 FROM"
                    " customers_contactpoint f WHERE f.customer_id = s.customer_id"
                    f" AND f.kind = '{kind}'))"
                )
    return " AND ".join(parts) or "TRUE"


def _tags_taken(terms: Terms) -> str:
    """Whose tags are taken; what this import itself has added does not stand in the way."""
    has_some = (
        "customers_customertag f WHERE f.customer_id = s.customer_id AND f.tagged_at <> %(at)s"
    )
    return _taken_by(policy_of(terms, "tags"), has_some)


def _topics_taken(terms: Terms) -> str:
    """Whose interests and needs are taken, each as was chosen for it."""
    parts = []
    for kind, field in (("interest", "interests"), ("need", "needs")):
        has_some = (
            f"customers_interest f WHERE f.customer_id = s.customer_id AND f.kind = '{kind}'"
            " AND f.created_at <> %(at)s"
        )
        wanted = _taken_by(policy_of(terms, field), has_some)
        if wanted != "TRUE":
            parts.append(f"(d.kind <> '{kind}' OR {wanted})")
    return " AND ".join(parts) or "TRUE"


def _taken_by(policy: str, has_some: str) -> str:
    match policy:
        case "ignore":
            return "s.is_new"
        case "fill":
            return f"(s.is_new OR NOT EXISTS (SELECT 1 FROM {has_some}))"
        case _:
            return "TRUE"


def lacking(terms: Terms) -> str:
    """Which of the known the file says something new of, by what was chosen for each field."""
    return _as_chosen(LACKING, terms)


def _as_chosen(sql: str, terms: Terms) -> str:
    sql = sql.replace("{points}", _points_taken(terms)).replace("{tags}", _tags_taken(terms))
    return sql.replace("{topics}", _topics_taken(terms)).replace("{still}", _stands_in(terms))


def _stands_in(terms: Terms) -> str:
    """Which topic is not noted once more: one that is over stays so, unless the file counts."""
    fields = {"interests": "interest", "needs": "need"}
    counting = [f"'{fields[field]}'" for field in fields if policy_of(terms, field) == "overwrite"]
    return f"(i.is_still_true OR i.kind NOT IN ({', '.join(counting)}))" if counting else "TRUE"


def mark_own(terms: Terms, low: int, high: int) -> None:
    """Mark the rows that change a field of the business's own."""
    changed = {row for row, _pk, _field, _held in _own_changes(terms, low, high)}
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE customers_stagedcustomer SET is_changed = TRUE WHERE id = %s AND NOT is_new",
            [(row,) for row in sorted(changed)],
        )


def _own_changes(terms: Terms, low: int, high: int) -> list[tuple[int, int, CustomField, Held]]:
    rows = rows_of(OWN_VALUES, _values(terms, low, high))
    fields = {str(field.pk): field for field in custom_fields()} if rows else {}
    have = custom_values_of(sorted({row[1] for row in rows}), fields.values()) if rows else {}
    found = []
    for row, customer_id, label, text in rows:
        field = fields.get(label)
        held = value_read(field, text, terms.currency) if field else None
        if field is None or held is None:
            continue
        known = have.get(customer_id, {}).get(field.key)
        policy = terms.policies.get(field.name, "")
        is_wanted = known is None if policy == "fill" else policy != "ignore" or known is None
        if isinstance(held, Decimal):
            held = held.normalize()
        if known != held and is_wanted:
            found.append((row, customer_id, field, held))
    return found


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    return {
        "import": terms.import_id, "low": low, "high": high, "source": terms.source,
        "day": terms.at.date().isoformat(),
        "at": connection.ops.adapt_datetimefield_value(terms.at),
    }  # fmt: skip


def add_all(terms: Terms, done: Operation) -> Iterator[Step]:
    """Add what customers lack, in short transactions."""
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        yield _step(terms, low, high, done)


def _step(terms: Terms, low: int, high: int, done: Operation) -> Step:
    def run() -> int:
        with transaction.atomic():
            _add(terms, low, high, done)
        return high - low + 1

    return run


def _add(terms: Terms, low: int, high: int, done: Operation) -> None:
    values = _values(terms, low, high)
    added = create_rows(done, ContactPoint, _as_chosen(ADD_POINTS, terms), values)
    _label_points(values, done)
    _add_tags(terms, values, done)
    create_rows(done, CustomerTag, _as_chosen(ADD_TAGS, terms), values)
    create_rows(done, Interest, _as_chosen(ADD_TOPICS, terms), values)
    _write_own(terms, low, high, done)
    if added:
        _remember_words(terms, values, done)


def _label_points(values: dict[str, Any], done: Operation) -> None:
    labels = dict(rows_of(UNLABELLED, values))
    if labels:
        with changing(done, ContactPoint, ("label",), sorted(labels)):
            for label in sorted(set(labels.values())):
                ids = [pk for pk, told in labels.items() if told == label]
                ContactPoint.objects.filter(pk__in=ids).update(label=label)


def _add_tags(terms: Terms, values: dict[str, Any], done: Operation) -> None:
    new = rows_of(_as_chosen(NEW_TAGS, terms), values)
    made = Tag.objects.bulk_create(
        [Tag(name=name, folded=folded, created_at=terms.at) for folded, name in new]
    )
    if made:
        remember_created(done, Tag, [tag.pk for tag in made])


def _write_own(terms: Terms, low: int, high: int, done: Operation) -> None:
    wanted: dict[int, dict[int, tuple[CustomField, Held]]] = defaultdict(dict)
    for _row, customer_id, field, held in _own_changes(terms, low, high):
        wanted[field.pk][customer_id] = field, held
    for field_id, by_customer in wanted.items():
        old = CustomValue.objects.filter(field=field_id, customer__in=list(by_customer))
        ids = list(old.order_by("pk").values_list("pk", flat=True))
        if ids:
            remember_deleted(done, CustomValue, ids)
            CustomValue.objects.filter(pk__in=ids).delete()
        rows = [row for pk, (field, held) in by_customer.items() for row in _rows(pk, field, held)]
        for row, pk in zip(rows, fresh_ids(CustomValue, len(rows)), strict=True):
            row.pk = pk
        CustomValue.objects.bulk_create(rows)
        remember_created(done, CustomValue, [row.pk for row in rows])


def _rows(customer_id: int, field: CustomField, held: Held) -> Iterator[CustomValue]:
    for value in held if isinstance(held, tuple) else (held,):
        stored = value.minor if isinstance(value, Money) else value
        column = {column_of(field.kind): stored}
        yield CustomValue(customer_id=customer_id, field=field, **column)


def _remember_words(terms: Terms, values: dict[str, Any], done: Operation) -> None:
    """What search looks in follows what was added."""
    ids = [
        row[0]
        for row in rows_of(
            f"SELECT DISTINCT s.customer_id FROM {STAGED} WHERE {RANGE} AND d.kind IN"
            " ('email', 'phone') AND s.customer_id IS NOT NULL AND (s.is_new OR s.is_changed)"
            " ORDER BY s.customer_id",
            values,
        )
    ]
    reach = reach_of(ids)
    known = Customer.objects.filter(pk__in=ids).values_list(
        "pk", "name", "given_name", "family_name"
    )
    texts = [
        (search_text_of([*names, *reach[pk]["reference"]], reach[pk]["email"],
                        reach[pk]["phone"]), pk)
        for pk, *names in known
    ]  # fmt: skip
    with changing(done, Customer, ("search_text",), ids), connection.cursor() as cursor:
        cursor.executemany("UPDATE customers_customer SET search_text = %s WHERE id = %s", texts)


def reach_of(customer_ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    """The addresses, numbers and references of some customers, as the search knows them."""
    found: dict[int, dict[str, list[str]]] = {
        pk: {"email": [], "phone": [], "reference": []} for pk in customer_ids
    }
    points = ContactPoint.objects.filter(customer_id__in=customer_ids, kind__in=("email", "phone"))
    for pk, kind, normal in points.values_list("customer_id", "kind", "normal"):
        found[pk][kind].append(normal)
    references = Reference.objects.filter(customer_id__in=customer_ids)
    for pk, value in references.values_list("customer_id", "value"):
        found[pk]["reference"].append(value)
    return found


def empty(terms: Terms) -> Iterator[Step]:
    """Empty what waited of the details."""
    for low, high in id_ranges(StagedDetail, terms.import_id, 10_000):
        yield _emptying(terms, low, high)


def _emptying(terms: Terms, low: int, high: int) -> Step:
    def run() -> int:
        with transaction.atomic():
            run_sql(
                f"DELETE FROM customers_stageddetail AS d WHERE {RANGE}", _values(terms, low, high)
            )
        return high - low + 1

    return run
