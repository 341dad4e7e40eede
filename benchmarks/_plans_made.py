"""The business that `plan.py` plans for: made set by set, the same lot every time."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from _made_quickly import DRAWN, copy_until

TODAY = date(2026, 11, 24)
LIVE_SINCE = date(2026, 9, 1)
SEED = 20261124
CHUNK = 50_000
TIERS = ("core", "active", "active", "new", "slipping", "lapsed", "lapsed", "lost")
MADE_AT = datetime(2026, 9, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
# Kinds of reason in all, those of the product and made-up ones; of which share of the list each.
KINDS = 16
SHARE = 60


def make_business_of(customers: int, managers: int) -> None:
    """Customers with facts, ways to reach them, permission, clocks and a touch or two."""
    from django.db import transaction

    with transaction.atomic():
        members = _team(managers)
    dice, drawn = random.Random(SEED), min(customers, DRAWN)
    for low in range(1, drawn + 1, CHUNK):
        ids = range(low, min(low + CHUNK, drawn + 1))
        with transaction.atomic():
            _fill(ids, dice, members)
    with transaction.atomic():
        _copy_until(customers, members)
    _settle()


def _copy_until(customers: int, members: list[int]) -> None:
    """More of the same, with other managers, and worth neither more nor less, but not the same."""
    from regulars.consent.models import ConsentState
    from regulars.conversations.models import Clock, Touch
    from regulars.customers.models import ContactPoint, Customer
    from regulars.insight.models import CustomerFacts

    first, count = min(members), len(members)
    manager = f"{first} + (t.manager_id - {first} + 7 * k.n) % {count}".replace("%", "%%")
    copy_until(Customer, customers, {"manager_id": manager})
    copy_until(ContactPoint, customers)
    copy_until(ConsentState, customers)
    worth = "t.stake_minor + (t.customer_id * 7919 + k.n * 104729) % 997".replace("%", "%%")
    copy_until(CustomerFacts, customers, {"stake_minor": worth})
    copy_until(Touch, customers)
    copy_until(Clock, customers)


def _settle() -> None:
    from django.core.management.color import no_style
    from django.db import connection

    from regulars.customers.models import Customer
    from regulars.insight.models import Refresh
    from regulars.insight.queries import counted_tiers

    # Facts come from a count, and it keeps what the tiers come to.
    Refresh.objects.create(
        as_of=TODAY - timedelta(days=1), engine="made", ended_at=NOW, seconds=0, order_count=0,
        customer_count=Customer.objects.count(), changed_count=0,
        figures={"tiers": counted_tiers()},
    )  # fmt: skip
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Customer]):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            # As it does by itself within a minute.
            cursor.execute("ANALYZE")


def _team(count: int) -> list[int]:
    from regulars.team.models import Business, Member, WorkingMinutes

    Business.objects.create(
        id=1, name="Measured", currency="GBP", time_zone="Europe/London", live_since=LIVE_SINCE,
        street="1 Weir Road", postcode="LS1 4AB", city="Leeds",
    )  # fmt: skip
    members = Member.objects.bulk_create(
        Member(
            email=f"m{number}@measured.example",
            name=f"Manager {number}",
            role="owner" if number == 0 else "manager",
            joined_at=MADE_AT,
        )
        for number in range(count)
    )
    WorkingMinutes.objects.bulk_create(
        WorkingMinutes(member=member, weekday=weekday, minutes=120)
        for member in members
        for weekday in range(7)
    )
    return [member.pk for member in members]


def _fill(ids: range, dice: random.Random, members: list[int]) -> None:
    from regulars.consent.models import ConsentState
    from regulars.conversations.models import Clock, Touch
    from regulars.customers.models import ContactPoint, Customer
    from regulars.insight.models import CustomerFacts

    _write(Customer, (_customer(one, dice, members) for one in ids))
    _write(ContactPoint, (point for one in ids for point in _points(one, dice)))
    granted = {"channel": "email", "decision": "granted", "changed_at": MADE_AT}
    _write(ConsentState, ({"customer_id": one, **granted} for one in ids if dice.random() < 0.3))
    _write(CustomerFacts, (_facts(one, dice) for one in ids))
    touches = [_touch(one, dice) for one in ids if dice.random() < 0.8]
    _write(Touch, touches)
    _write(Clock, (_clock(touch) for touch in touches))


def _write(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Rows by what differs in them; the rest is what the model says by itself."""
    from django.db import connection, models

    from regulars.core.bulk import write_rows

    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    if model._meta.model_name == "customer":
        fields = list(model._meta.concrete_fields)
    usual = [f.get_db_prep_save(f.get_default(), connection) for f in fields]
    place = {f.attname: nth for nth, f in enumerate(fields)}

    def made() -> Iterator[list[Any]]:
        for row in rows:
            values = list(usual)
            for name, value in row.items():
                values[place[name]] = _stored(value)
            yield values

    write_rows(model, [f.column for f in fields], made())


def _stored(value: Any) -> Any:
    from django.db import connection

    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _customer(one: int, dice: random.Random, members: list[int]) -> dict[str, Any]:
    return {
        "id": one,
        "kind": "organisation" if dice.random() < 0.1 else "person",
        "name": f"Customer {one}",
        "sort_name": f"customer {one}",
        "manager_id": dice.choice(members) if dice.random() < 0.98 else None,
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
    }


def _points(one: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    same = {"customer_id": one, "normal": str(one), "seal": str(one), "created_at": MADE_AT}
    if dice.random() < 0.9:
        yield {**same, "kind": "phone", "value": f"+44{one}"}
    if dice.random() < 0.7:
        code, street = (
            f"LS{dice.randrange(1, 30)} {dice.randrange(1, 9)}XY",
            f"{one % 90} Mill Lane",
        )
        yield {**same, "kind": "address", "value": street, "street": street, "postcode": code,
               "city": "Leeds" if dice.random() < 0.6 else "Otley"}  # fmt: skip
    if dice.random() < 0.6:
        yield {**same, "kind": "email", "value": f"c{one}@measured.example"}


def _touch(one: int, dice: random.Random) -> dict[str, Any]:
    happened_at = NOW - timedelta(minutes=dice.randrange(1, 400 * 24 * 60))
    return {
        "customer_id": one,
        "channel": dice.choice(("call", "visit", "email", "note")),
        "direction": "out",
        "purpose": "serve",
        "outcome": "reached" if dice.random() < 0.6 else "message",
        "happened_at": happened_at,
        "recorded_at": happened_at,
    }


def _clock(touch: dict[str, Any]) -> dict[str, Any]:
    personal = touch["happened_at"] if touch["channel"] != "email" else None
    return {
        "customer_id": touch["customer_id"],
        "last_touch_at": touch["happened_at"],
        "last_channel": touch["channel"],
        "last_personal_at": personal,
    }


def _facts(customer_id: int, dice: random.Random) -> dict[str, Any]:
    last_on = TODAY - timedelta(days=int(dice.expovariate(1 / 90)))
    usual = dice.uniform(5, 120)
    return {
        "customer_id": customer_id,
        "purchase_count": 1 + int(dice.expovariate(0.1)),
        "first_on": last_on - timedelta(days=dice.randrange(0, 900)),
        "last_on": last_on,
        "spend_minor": dice.randrange(1, 500_000),
        "year_spend_minor": dice.randrange(1, 100_000),
        "usual_gap_days": usual,
        "gap_spread": 0.6,
        "due_on": last_on + timedelta(days=int(usual)),
        "slipping_on": last_on + timedelta(days=int(usual * 1.6)),
        "lapsed_on": last_on + timedelta(days=int(usual * 3)),
        "stake_minor": int(dice.lognormvariate(9, 1.2)),
        "tier": dice.choice(TIERS),
    }


def fill_up_reasons() -> int:
    """Made-up sources of reasons beside those of the product, until there are so many kinds."""
    from regulars.core.reasons import ReasonSource, reason_sources, register_source
    from regulars.planning.known import REASONS

    while (count := len(list(REASONS)) + len(list(reason_sources))) < KINDS:
        register_source(
            ReasonSource(
                name=f"made_up_{count}",
                purpose="serve",
                urgency=1.0 + count / 50,
                rows=_rows_of(count),
                describe=_told,
            )
        )
    return count


def _rows_of(nth: int) -> Any:
    from django.db.models import CharField, DateField, F, FloatField, Value
    from django.db.models.functions import Cast

    from regulars.customers.models import Customer

    # A block of the list for each kind: as many as one in sixty.
    last = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    first = last * nth // KINDS

    def rows(asked: Any) -> Any:
        block = Customer.objects.filter(pk__gt=first, pk__lte=first + last // SHARE)
        return block.order_by().values(
            customer_id=F("pk"),
            overdue=Value(1.0, output_field=FloatField()),
            due_on=Value(asked.day, output_field=DateField()),
            subject=Cast("pk", CharField()),
        )

    return rows


def _told(subjects: Any) -> Any:
    from regulars.core.reasons import Told

    return {subject: Told(f"Matter {subject}.") for subject in subjects}
