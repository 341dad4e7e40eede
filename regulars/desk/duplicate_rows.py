"""Two customers side by side: what each has, and where they differ."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.conversations.models import Touch
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer, Reference
from regulars.desk.seeing import POINTS_LISTED
from regulars.orders.models import Order

MOST_WORDS = 200
# What a list calls it, where that is another word.
LISTED = {"since": "since_on"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its label, what each has, and the name of the field where one must be chosen."""

    label: str
    stays: str
    goes: str
    # Empty where everything of both is kept.
    take: str = ""
    # The fields of the list that it shows: hidden there is hidden here.
    shows: frozenset[str] = frozenset()

    @property
    def is_same(self) -> bool:
        return self.stays == self.goes


def side_by_side(
    stays: Customer, goes: Customer, hidden: frozenset[str] = frozenset()
) -> list[Row]:
    """What is chosen first, then what is kept of both; as many queries for any two."""
    rows = [*_chosen(stays, goes), *_kept(stays, goes)]
    return [row for row in rows if (row.stays or row.goes) and not row.shows & hidden]


def _chosen(stays: Customer, goes: Customer) -> list[Row]:
    return [
        _row(_("Name"), "name", lambda one: one.name, stays, goes),
        _row(_("Customer since"), "since", _since, stays, goes),
        _row(_("Note"), "about", lambda one: one.about[:MOST_WORDS], stays, goes),
        _row(_("Looked after by"), "manager", _manager, stays, goes),
        _row(_("Household"), "household", _household, stays, goes),
    ]


def _row(
    label: str, take: str, shown: Callable[[Customer], str], stays: Customer, goes: Customer
) -> Row:
    ours, theirs = shown(stays), shown(goes)
    # Where only one has something, that is kept by itself.
    chosen = take if ours and theirs and ours != theirs else ""
    return Row(label, ours, theirs, chosen, frozenset({f"customer.{LISTED.get(take, take)}"}))


def _since(one: Customer) -> str:
    return date_format(one.since_on) if one.since_on else ""


def _manager(one: Customer) -> str:
    return one.manager.name if one.manager else ""


def _household(one: Customer) -> str:
    return one.household.name if one.household else ""


def _kept(stays: Customer, goes: Customer) -> list[Row]:
    ids = [stays.pk, goes.pk]
    points: dict[tuple[int, str], list[str]] = {}
    listed = ContactPoint.objects.filter(customer__in=ids).order_by("-is_primary", "id")
    for pk, kind, value in listed.values_list("customer_id", "kind", "value"):
        points.setdefault((pk, kind), []).append(value)
    numbers: dict[int, list[str]] = {}
    for pk, source, value in Reference.objects.filter(customer__in=ids).values_list(
        "customer_id", "source", "value"
    ):
        numbers.setdefault(pk, []).append(f"{source} {value}")
    orders = _counts(Order, ids)
    touches = _counts(Touch, ids)
    one, other = ids
    rows = [
        Row(
            str(kind.label), _joined(points.get((one, kind.value), ())),
            _joined(points.get((other, kind.value), ())),
            shows=POINTS_LISTED.get(kind, frozenset()),
        )
        for kind in PointKind
    ]  # fmt: skip
    return [
        *rows,
        Row(
            _("Numbers elsewhere"), _joined(numbers.get(one, ())), _joined(numbers.get(other, ())),
            shows=frozenset({"customer.reference"}),
        ),
        Row(
            _("Orders"), str(orders.get(one, 0)), str(orders.get(other, 0)),
            shows=frozenset({"order"}),
        ),
        Row(
            _("Touches"), str(touches.get(one, 0)), str(touches.get(other, 0)),
            shows=frozenset({"touch"}),
        ),
    ]  # fmt: skip


def _joined(values: Sequence[str]) -> str:
    return ", ".join(values)


def _counts(model: type[Order] | type[Touch], ids: list[int]) -> dict[int, int]:
    found = model._default_manager.filter(customer_id__in=ids).values_list("customer_id")
    return dict(found.annotate(count=Count("pk")).values_list("customer_id", "count"))
