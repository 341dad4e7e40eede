"""Households as files name them: who lives there already, who joins, and which are new.

People of one name for their household are put together only where their addresses do not speak
against it, and nobody is taken out of the household that they live in.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.core.before_images import changing, remember_created
from regulars.core.bulk import id_ranges, rows_of
from regulars.core.column_sets import Field, FieldKind, LeftOut, Note, Step, Terms
from regulars.core.models import Operation
from regulars.customers.actions.households import LONGEST_NAME, MOST_MEMBERS
from regulars.customers.choices import Kind
from regulars.customers.models import Customer, Household, StagedCustomer, StagedDetail
from regulars.customers.naming import folded_name

LIVES_IN = "lives_in"
SHARING_FIELDS = (
    Field("household", gettext_lazy("Household"), FieldKind.TEXT, (
        "household", "household name", "haushalt",
    ), longest=LONGEST_NAME, listed=("customer.household",)),
)  # fmt: skip
CHUNK, TAKEN = 2000, 300
_NAMED = (
    "SELECT d.row_no, d.value, s.id, s.customer_id, s.kind, s.street, s.postcode, s.city, s.region,"
    " s.country FROM customers_stageddetail d JOIN customers_stagedcustomer s"
    " ON s.import_id = d.import_id AND s.key = d.key WHERE d.import_id = %(import)s"
    f" AND d.id BETWEEN %(low)s AND %(high)s AND d.kind = '{LIVES_IN}' ORDER BY d.id"
)
PARTS = ("street", "postcode", "city", "region", "country")
Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dweller:
    """One row's word on the household that somebody lives in."""

    row: int
    name: str
    staged: int
    customer: int | None
    kind: str
    place: Place


@dataclass(slots=True)
class Homes:
    """The households of some names, and where some customers live."""

    by_name: dict[str, list[Household]]
    counts: dict[int, int]
    lived_in: dict[int, Household]

    def of(self, one: Dweller) -> list[Household]:
        """The households of this name whose address does not speak against it."""
        return [
            home for home in self.by_name.get(folded_name(one.name), [])
            if _agree(one.place, tuple(getattr(home, part) for part in PARTS))
        ]  # fmt: skip

    def add(self, home: Household) -> None:
        self.by_name.setdefault(folded_name(home.name), []).append(home)


def _agree(one: Place, other: Place) -> bool:
    """Whether two addresses may be one: blank says nothing."""
    return not any(one) or not any(other) or _folded(one) == _folded(other)


def _folded(place: Place) -> tuple[str, ...]:
    # The street and the postcode tell houses apart; how a town is written does not.
    return folded_name(place[0]), place[1].replace(" ", "").casefold()


def has_households(terms: Terms) -> bool:
    return StagedDetail.objects.filter(import_id=terms.import_id, kind=LIVES_IN).exists()


def _dwellers(terms: Terms, low: int, high: int) -> list[Dweller]:
    values = {"import": terms.import_id, "low": low, "high": high}
    return [
        Dweller(row, name, staged, customer, kind, tuple(place))
        for row, name, staged, customer, kind, *place in rows_of(_NAMED, values)
    ]


def _homes(dwellers: Sequence[Dweller]) -> Homes:
    found = Household.objects.filter(name__in={one.name for one in dwellers})
    counted = found.annotate(count=Count("members")).order_by("pk")
    known = Customer.objects.filter(pk__in=[one.customer for one in dwellers if one.customer])
    lived = known.exclude(household=None).select_related("household")
    homes = Homes(
        {}, {home.pk: home.count for home in counted},
        {one.pk: one.household for one in lived if one.household is not None},
    )  # fmt: skip
    for home in counted:
        homes.add(home)
    return homes


def why_not(one: Dweller, homes: Homes) -> str:
    """Why a word on a household cannot be taken; nothing where it can."""
    places = {"name": one.name[:80]}
    if one.kind != Kind.PERSON:
        return _("Only people live in a household.")
    lives = homes.lived_in.get(one.customer or 0)
    if lives is not None:
        if folded_name(lives.name) == folded_name(one.name):
            return ""
        return _("They live in “%(other)s”, and stay there.") % {"other": lives.name}
    fitting = homes.of(one)
    if len(fitting) > 1:
        return _("There are several households “%(name)s”: write the address as well.") % places
    if fitting and homes.counts.get(fitting[0].pk, 0) >= MOST_MEMBERS:
        return _("A household has at most %(most)s members.") % {"most": MOST_MEMBERS}
    return ""


def resolve(terms: Terms) -> Iterator[Step]:
    """Mark the known customers who would join a household."""
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        yield lambda low=low, high=high: _mark(terms, low, high)  # type: ignore[misc]


def _mark(terms: Terms, low: int, high: int) -> int:
    dwellers = _dwellers(terms, low, high)
    homes = _homes(dwellers)
    joining = [
        one.staged for one in dwellers
        if one.customer not in homes.lived_in and not why_not(one, homes)
    ]  # fmt: skip
    if joining:
        with transaction.atomic():
            StagedCustomer.objects.filter(pk__in=joining, is_new=False).update(is_changed=True)
    return high - low + 1


def left_out(terms: Terms) -> Iterator[LeftOut]:
    """The words on households that cannot be taken, each with its row and why."""
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        dwellers = _dwellers(terms, low, high)
        homes = _homes(dwellers)
        for one in dwellers:
            if why := why_not(one, homes):
                yield LeftOut("customers", one.row, "household", one.name, why)


def new_households(terms: Terms) -> int:
    """How many households the file would make: each name at each address once."""
    made: set[tuple[str, tuple[str, ...]]] = set()
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        dwellers = _dwellers(terms, low, high)
        homes = _homes(dwellers)
        made |= {
            (folded_name(one.name), _folded(one.place)) for one in dwellers
            if one.customer not in homes.lived_in
            and not why_not(one, homes) and not homes.of(one)
        }  # fmt: skip
    return len(made)


def notes(terms: Terms) -> list[Note]:
    """Say how many households a file would make: none comes about unsaid."""
    count = new_households(terms) if has_households(terms) else 0
    sentence = ngettext(
        "%(count)s household is new: who lives there shares its letters.",
        "%(count)s households are new: who lives in one shares its letters.",
        count,
    )
    said = sentence % {"count": number_format(count, force_grouping=True)}
    return [Note("new_households", count, said)] if count else []


def apply(terms: Terms, done: Operation) -> Iterator[Step]:
    """Put people into their households, in short transactions."""
    for low, high in id_ranges(StagedDetail, terms.import_id, TAKEN):
        yield lambda low=low, high=high: _settle(terms, done, low, high)  # type: ignore[misc]


def _settle(terms: Terms, done: Operation, low: int, high: int) -> int:
    dwellers = [one for one in _dwellers(terms, low, high) if one.customer]
    if dwellers:
        with transaction.atomic():
            _move_in(terms, done, dwellers)
    return high - low + 1


def _move_in(terms: Terms, done: Operation, dwellers: Sequence[Dweller]) -> None:
    homes, joining = _homes(dwellers), defaultdict[int, list[int]](list)
    for one in dwellers:
        if one.customer is None or one.customer in homes.lived_in or why_not(one, homes):
            continue
        home = next(iter(homes.of(one)), None) or _made(terms, done, one, homes)
        homes.counts[home.pk] = homes.counts.get(home.pk, 0) + 1
        homes.lived_in[one.customer] = home
        joining[home.pk].append(one.customer)
    ids = sorted(pk for members in joining.values() for pk in members)
    with changing(done, Customer, ["household_id"], ids):
        for home_id, members in joining.items():
            Customer.objects.filter(pk__in=members).update(household=home_id)


def _made(terms: Terms, done: Operation, one: Dweller, homes: Homes) -> Household:
    street, postcode, city, region, country = one.place
    town = f"{postcode} {city}".strip()
    home = Household.objects.create(
        name=one.name, address=", ".join(part for part in (street, town) if part),
        street=street, postcode=postcode, city=city, region=region, country=country,
        source=terms.source,
    )  # fmt: skip
    remember_created(done, Household, [home.pk])
    homes.add(home)
    return home
