"""A page of the list: its rows by key in any order, its columns, and how many there are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.apps import apps
from django.db.models import Model, OuterRef, Q
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.actor import HELPER, Actor
from regulars.core.keyset import Cursor, Key, Page, Segment
from regulars.core.keyset import page_of as page_by_key
from regulars.core.list_fields import Column, FieldKind, ListField, Many
from regulars.core.money import Money
from regulars.core.templatetags.look import money, number
from regulars.core.time_limit import TookTooLong, at_most
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.lists.asking import Asking
from regulars.lists.choices import Op
from regulars.lists.compiling import condition
from regulars.lists.looks import BY_NAME, Look
from regulars.lists.queries.answers import is_whole_kept
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import Found, Opened, found_by, named, opened
from regulars.lists.trees import Clause, Node
from regulars.lists.walking import OneByOne
from regulars.lists.wording import label_of
from regulars.team.queries import the_named_business

SIZE = 25
# Beyond this nobody reads the exact count, and counting is what would make the page slow.
COUNTED_UP_TO = 10_000
# What is looked for longer is worked out in the background.
LONGEST_PAGE, LONGEST_COUNT = timedelta(seconds=2), timedelta(milliseconds=300)


@dataclass(frozen=True, slots=True)
class Counted:
    """Events that a filter asks for as they were counted, and when the first of them was."""

    events: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ListPage:
    """Customers of one page, with what was left out of the filter, said plainly."""

    page: "Page[Customer]"
    fields: Sequence[ListField]
    values: Mapping[int, Mapping[str, Any]]
    left_out: Sequence[str]
    # The database was broken off: nothing is said of who is found.
    is_too_slow: bool = False
    counted: Counted | None = None


@dataclass(frozen=True, slots=True)
class HowMany:
    """So many; `is_more`: at least one more than that, and counting stopped there.

    `is_open`: counting would have taken longer than a page may; `at`: when it was counted exactly.
    """

    count: int
    is_more: bool = False
    is_open: bool = False
    at: datetime | None = None

    def __str__(self) -> str:
        if self.is_open:
            return _("not counted yet")
        shown = number(self.count)
        return _("more than %(count)s") % {"count": shown} if self.is_more else shown


def page_of(look: Look, actor: Actor, cursor: str, at: datetime, *, size: int = SIZE) -> ListPage:
    """One page of a view at a signed cursor ("" is the first), as far as this person may see."""
    asking = asking_of(actor, at)
    asked = opened(look.tree, asking)
    found = found_by(asked.node, asking, at)
    sort = _sort_field(look, asking)
    order = f"{sort.name}:{look.is_descending}"
    segments = _segments(found, sort, look.is_descending, asking)
    whole = Customer.objects.select_related("manager", "household", "facts", "tier_override")
    start = Cursor.read(cursor, order) if cursor else None
    fields, counted = shown_fields(look, asking), _counted(found, asking)
    said = _said(asked, look, asking)
    try:
        with at_most(LONGEST_PAGE):
            page = page_by_key(segments, whole, order, start, size)
    except TookTooLong:
        return ListPage(Page(), fields, {}, said, is_too_slow=True)
    values = values_of(fields, [one.pk for one in page.rows])
    return ListPage(page, fields, values, said, counted=counted)


def _counted(found: Found, asking: Asking) -> Counted | None:
    moments = [one.worked_out_at for one in found.kept if one.worked_out_at is not None]
    if not moments:
        return None
    names = dict.fromkeys(str(asking.events[one.tree["event"]].label) for one in found.kept)
    return Counted(", ".join(names), min(moments))


def _said(asked: Opened, look: Look, asking: Asking) -> tuple[str, ...]:
    """Columns that are hidden are not spoken of; those that are gone are."""
    from regulars.core.list_fields import every_list_field

    every = every_list_field()
    gone = [name for name in look.columns if name not in every or every[name].is_archived]
    said = (
        _("The column “%(name)s” is no longer there.")
        % {"name": every[name].label if name in every else name}
        for name in gone
    )
    return (*asked.left_out, *said)


def shown_fields(look: Look, asking: Asking) -> list[ListField]:
    """The columns of a view that this person may see."""
    return [asking.fields[name] for name in look.columns if name in asking.fields]


def _sort_field(look: Look, asking: Asking) -> ListField:
    """The order asked for; one that is gone, hidden or no order at all is by name."""
    field = asking.fields.get(look.sort)
    return field if field is not None and field.sortable else asking.fields[BY_NAME]


def _segments(
    found: Found, sort: ListField, is_descending: bool, asking: Asking
) -> "list[Segment[Customer]]":
    rows, by_name = found.rows, (Key("sort_name"), Key("pk"))
    source = sort.source
    if not isinstance(source, Column):
        raise TypeError(f"{sort.name} cannot be sorted by")
    if sort.choices is not None:
        return _by_choice(rows, sort, is_descending, asking)
    path = source.sort or source.path
    *ways, _last = path.split("__")
    if source.is_days_past:
        # The most days ago is the earliest day.
        is_descending = not is_descending
    key = Key(path, is_descending=is_descending)
    is_back = is_descending != _is_falling(path)
    keys = (key, Key("__".join([*ways, "pk"]), is_descending=is_back))
    if not _may_be_empty(path):
        return [Segment(rows, keys, found.is_few)]
    # Who has nothing to be sorted by stands at the end, by name.
    walked = rows if found.is_few or not ways else _walked(rows)
    there, away = Q(**{f"{path}__isnull": False}), Q(**{f"{path}__isnull": True})
    if source.is_days_past:
        there = Q(**{f"{path}__lt": asking.today})
        away = ~there
    return [
        Segment(walked.filter(there), keys, found.is_few),
        Segment(rows.filter(away), by_name, found.is_few),
    ]


def _walked(rows: CustomerQuerySet) -> CustomerQuerySet:
    """The same customers, each asked when the walk comes to them.

    With conditions of its own the list is what SQLite would begin with, and sort.
    """
    return Customer.objects.filter(OneByOne(rows.order_by().filter(pk=OuterRef("pk"))))


def _is_falling(path: str) -> bool:
    """Whether the index that gives this order begins with the highest.

    Read from its end, an index has the keys of equal rows the other way round too: an order that
    it does not give would be sorted from the whole list.
    """
    *ways, last = path.split("__")
    model: type[Model] = Customer
    for way in ways:
        model = cast("type[Model]", model._meta.get_field(way).related_model)
    led = (index.fields[0] for index in model._meta.indexes if index.fields)
    return f"-{last}" in led


def _may_be_empty(path: str) -> bool:
    return "__" in path or bool(Customer._meta.get_field(path).null)


def _by_choice(
    rows: CustomerQuerySet, sort: ListField, is_descending: bool, asking: Asking
) -> "list[Segment[Customer]]":
    """One stretch for each choice in the order of the choices, then those without one."""
    by_name = (Key("sort_name"), Key("pk"))
    names = [key for key, _label in sort.choices()] if sort.choices else []
    wanted = [Clause(sort.name, Op.IS, key) for key in names]
    if is_descending:
        wanted.reverse()
    wanted.append(Clause(sort.name, Op.EMPTY))
    walking = replace(asking, is_walk=True)
    return [Segment(rows.filter(condition(one, walking)), by_name) for one in wanted]


def values_of(
    fields: Iterable[ListField], customer_ids: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """What the columns hold for these customers: one query for all columns, one for each list."""
    found: dict[int, dict[str, Any]] = {pk: {} for pk in customer_ids}
    columns = {one.name: one.source for one in fields if isinstance(one.source, Column)}
    _read_columns(columns, found)
    for one in fields:
        if isinstance(one.source, Many):
            for pk, values in _read_rows(one.source, customer_ids).items():
                found[pk][one.name] = values
    return found


def _read_columns(columns: Mapping[str, Column], found: dict[int, dict[str, Any]]) -> None:
    if not columns or not found:
        return
    paths = dict.fromkeys(
        path for source in columns.values() for path in (source.path, source.over) if path
    )
    # Whoever shows several pages of rows shows them all of one day.
    is_asked = any(source.is_days_past for source in columns.values())
    today = the_named_business().day_of(clock.now()) if is_asked else date.max
    rows = Customer.objects.filter(pk__in=found).order_by()
    for pk, *values in rows.values_list("pk", *paths):
        there = dict(zip(paths, values, strict=True))
        for name, source in columns.items():
            over = there[source.over] if source.over else None
            value = over if over is not None else there[source.path]
            if source.is_days_past and value is not None:
                value = (today - value).days if value < today else None
            found[pk][name] = source.absent if value is None else value


def _read_rows(source: Many, customer_ids: Sequence[int]) -> dict[int, list[Any]]:
    rows = apps.get_model(source.model)._default_manager.filter(
        **{f"{source.customer}__in": customer_ids}, **source.where
    )
    held: dict[int, list[Any]] = defaultdict(list)
    pairs = rows.order_by(*source.order).values_list(source.customer, source.shown or source.value)
    for pk, value in pairs:
        if value not in (None, ""):
            held[pk].append(value)
    return held


def in_words(field: ListField, value: Any, currency: str) -> str:
    """A value as it stands in a cell; several stand behind one another."""
    if value is None or value == "":
        return ""
    if isinstance(value, list):
        return ", ".join(in_words(field, one, currency) for one in value)
    if field.kind == FieldKind.MONEY:
        return money(Money(value, currency))
    if field.kind == FieldKind.NUMBER:
        return number(value)
    if field.kind == FieldKind.FLAG:
        return _("yes") if value else _("no")
    if field.choices is not None:
        return label_of(value, field)
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def capped_count(rows: CustomerQuerySet, most: int = COUNTED_UP_TO) -> HowMany:
    """Exact up to ten thousand; beyond, that it is more."""
    count = rows.order_by().values("pk")[: most + 1].count()
    return HowMany(most, is_more=True) if count > most else HowMany(count)


def count_of(look: Look, actor: Actor, at: datetime) -> HowMany:
    """How many a view finds: exact where that was worked out, else up to ten thousand and no more.

    Counting that takes longer than a page may is left open.
    """
    asking = asking_of(actor, at)
    found = found_by(opened(look.tree, asking).node, asking, at)
    if found.whole is not None and actor.role != HELPER:
        return HowMany(found.whole.count, at=found.whole.worked_out_at)
    try:
        with at_most(LONGEST_COUNT):
            return capped_count(found.rows)
    except TookTooLong:
        return HowMany(0, is_open=True)


def question_of(look: Look, actor: Actor, at: datetime) -> Node | None:
    """The filter as the background can work it out for everybody; none where it depends on who."""
    asking = asking_of(actor, at)
    node = named(opened(look.tree, asking).node, asking)
    return node if is_whole_kept(node) else None
