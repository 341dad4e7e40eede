"""Whom a list was chosen from, kept for the day: as it is written down, and who of them is free."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import JSONField, Q

from regulars.consent.choices import Channel
from regulars.conversations.models import Clock
from regulars.core.bulk import write_rows
from regulars.customers.models import Customer
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.models import Hold
from regulars.planning.candidates import Candidate, DayAhead
from regulars.planning.choices import ItemState
from regulars.planning.knapsack import Option, beside_waiting, worth_their_minutes
from regulars.planning.models import Pause, Plan, PlanItem, Shortlist

# What a line of a list says when it is made; the rest comes when somebody acts on it.
_COLUMNS = ("plan_id", "customer_id", "position", "channel", "purpose", "minutes", "reason",
            "values", "stake_minor", "due_on", "last_touch_on", "state")  # fmt: skip
_EMPTY = {"remark": "", "before": "{}"}


def write_lines(items: Iterable[PlanItem], shortlists: Mapping[int, list[list[Any]]]) -> None:
    """Add the lines of some lists, and whom each was chosen from."""
    fields: list[Any] = [PlanItem._meta.get_field(name) for name in _COLUMNS]
    columns = [field.column for field in fields]
    rows = (
        [
            *(_ready(field, getattr(one, field.attname)) for field in fields),
            *_EMPTY.values(),
        ]
        for one in items
    )
    write_rows(PlanItem, [*columns, *_EMPTY], rows)
    Shortlist.objects.filter(plan__in=list(shortlists)).delete()
    kept = [Shortlist(plan_id=pk, candidates=rows) for pk, rows in shortlists.items()]
    Shortlist.objects.bulk_create(kept)


def _ready(field: Any, value: Any) -> Any:
    # Texts and numbers, most of all there is, go as they are.
    is_plain = isinstance(value, int | str) and not isinstance(field, JSONField)
    return value if is_plain else field.get_db_prep_save(value, connection)


def written(candidates: Sequence[Candidate]) -> list[list[Any]]:
    return [_row(one) for one in candidates]


def _row(one: Candidate) -> list[Any]:
    given_on = one.given_on.isoformat() if isinstance(one.given_on, date) else one.given_on
    opened = [[o.channel.value, o.minutes, o.matters] for o in one.opened]
    # PostgreSQL gives a sum as a decimal number.
    worth, stake = round(float(one.worth), 6), int(one.stake_minor)
    plain = one._replace(given_on=given_on, opened=(), options=(), worth=worth, stake_minor=stake)
    return [*plain[: Candidate._fields.index("opened")], opened]


def read(rows: Sequence[Sequence[Any]]) -> list[Candidate]:
    found = []
    for *plain, opened in rows:
        options = tuple(Option(Channel(channel), *rest) for channel, *rest in opened)
        one = Candidate(*plain)
        chosen_from = worth_their_minutes(beside_waiting(options, one.overdue))
        found.append(one._replace(opened=options, options=chosen_from))
    return found


def still_free(ids: Collection[int], plan: Plan, ahead: DayAhead) -> set[int]:
    """Who of these may still be chosen for this list: five questions, however many they are.

    Somebody may have called them, put them off, archived them, or be about to reach them.
    """
    midnight = ahead.midnight(plan.day)
    listed = Customer.objects.on_the_list().filter(pk__in=ids)
    free = set(listed.values_list("pk", flat=True))
    free -= set(_ids(Clock.objects.filter(customer__in=ids, last_touch_at__gte=midnight)))
    free -= set(_ids(Pause.objects.filter(customer__in=ids, until__gt=plan.day)))
    held = Hold.objects.standing_at(midnight).filter(customer__in=ids)
    free -= set(_ids(held.filter(Q(stops=Holds.ALL) | Q(kind=HoldKind.BEREAVEMENT))))
    on_lists = PlanItem.objects.of_day(plan.day).filter(customer__in=ids)
    return free - set(_ids(on_lists.exclude(plan=plan, state=ItemState.WAITING)))


def _ids(rows: Any) -> Mapping[int, None]:
    return dict.fromkeys(rows.values_list("customer_id", flat=True))
