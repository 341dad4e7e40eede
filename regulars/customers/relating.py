"""Whom else a row of a file names: where they work, whom they married, who sent them to us.

Found by the number in the other system, by e-mail, or by the exact name, on the list and in the
same file. Nobody is invented: who is not found is said, with row and column.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.before_images import remember_created
from regulars.core.bulk import id_ranges, rows_of
from regulars.core.column_sets import Field, FieldKind, LeftOut, Step, Terms
from regulars.core.models import Operation
from regulars.customers.choices import MUTUAL, Kind, PointKind, RelationKind
from regulars.customers.models import (
    ContactPoint,
    Customer,
    Reference,
    Relation,
    StagedCustomer,
    StagedDetail,
)
from regulars.customers.naming import folded_name, normal_email, seal_of, sort_name_of

RELATING_FIELDS = (
    Field("works_at", gettext_lazy("Works at"), FieldKind.TEXT, (
        "works at", "employer", "works for", "arbeitgeber",
    ), listed=("customer.works_at",)),
    Field("married_to", gettext_lazy("Married to"), FieldKind.TEXT, (
        "married to", "spouse", "husband", "wife",
    ), listed=("customer.works_at",)),
    Field("referred_by", gettext_lazy("Referred by"), FieldKind.TEXT, (
        "referred by", "referrer", "recommended by", "sent by",
    ), listed=("customer.referred_by",)),
    Field("serves", gettext_lazy("Whom it serves"), FieldKind.TEXT, ("serves", "whom it serves"),
          listed=("customer.serves",)),
    Field("related_to", gettext_lazy("Related to"), FieldKind.TEXT, ("related to", "relatives"),
          listed=("customer.works_at",)),
)  # fmt: skip
# By the word under which a detail waits; it is the name of the field as well.
RELATIONS = {
    "works_at": RelationKind.WORKS_AT,
    "married": RelationKind.MARRIED_TO,
    "referred": RelationKind.REFERRED_BY,
    "serves": RelationKind.SERVES,
    "related": RelationKind.RELATED_TO,
}
FIELD_OF = {
    "works_at": "works_at",
    "married": "married_to",
    "referred": "referred_by",
    "serves": "serves",
    "related": "related_to",
}
DETAIL_OF_KIND = {kind.value: name for name, kind in RELATIONS.items()}
DETAIL_OF = {name: kind for kind, name in FIELD_OF.items()}
# Who may stand on the other side, where not everybody may.
_OTHERS = {
    RelationKind.WORKS_AT: frozenset({Kind.ORGANISATION.value, Kind.DEPARTMENT.value}),
    RelationKind.MARRIED_TO: frozenset({Kind.PERSON.value}),
    RelationKind.REFERRED_BY: frozenset(Kind.values),
    RelationKind.SERVES: frozenset({Kind.PERSON.value, Kind.ORGANISATION.value}),
    RelationKind.RELATED_TO: frozenset(Kind.values),
}
_PEOPLE_ONLY = frozenset({RelationKind.WORKS_AT, RelationKind.MARRIED_TO})
CHUNK = 2000
TAKEN = 300
_KINDS = ", ".join(f"'{kind}'" for kind in RELATIONS)
_NAMED = (
    "SELECT d.row_no, d.kind, d.value, s.id, s.leader_id, s.customer_id, coalesce(c.kind, s.kind)"
    " FROM customers_stageddetail d JOIN customers_stagedcustomer s"
    " ON s.import_id = d.import_id AND s.key = d.key LEFT JOIN customers_customer c"
    " ON c.id = s.customer_id WHERE d.import_id = %(import)s"
    f" AND d.id BETWEEN %(low)s AND %(high)s AND d.kind IN ({_KINDS})"
    " ORDER BY d.id"
)

# Somebody on the list by number, or somebody new of the same file by the row that leads.
Whom = tuple[str, int]
# The same with what they are.
Told = tuple[Whom, str]


@dataclass(frozen=True, slots=True)
class Named:
    """One row's word on whom a customer stands to."""

    row: int
    detail: str
    value: str
    staged: int
    own: Whom
    own_kind: str

    @property
    def kind(self) -> RelationKind:
        return RELATIONS[self.detail]


@dataclass(slots=True)
class Candidates:
    """Who could be meant by what stands in the cells: by number, by e-mail, by name."""

    by_number: dict[str, set[Whom]] = field(default_factory=lambda: defaultdict(set))
    by_email: dict[str, set[Whom]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[str, set[Whom]] = field(default_factory=lambda: defaultdict(set))
    kinds: dict[Whom, str] = field(default_factory=dict)

    def of(self, named: Named) -> set[Whom]:
        """Those of the first way that finds anybody at all."""
        ways = (
            self.by_number[named.value], self.by_email[normal_email(named.value)],
            {one for one in self.by_name[folded_name(named.value)]
             if self.kinds[one] in _OTHERS[named.kind]},
        )  # fmt: skip
        return next((found for found in ways if found), set())


def has_relations(terms: Terms) -> bool:
    return StagedDetail.objects.filter(import_id=terms.import_id, kind__in=RELATIONS).exists()


def resolve(terms: Terms) -> Iterator[Step]:
    """Mark the known customers of whom the file notes a relation that is new."""
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        yield lambda low=low, high=high: _mark(terms, low, high)  # type: ignore[misc]


def _mark(terms: Terms, low: int, high: int) -> int:
    wanted = [(named, other) for named, other, _why in found(terms, low, high) if other]
    noted = _noted([(named.own, named.kind, other) for named, other in wanted])
    new = [named.staged for named, other in wanted if pair_of(named, other) not in noted]
    if new:
        with transaction.atomic():
            StagedCustomer.objects.filter(pk__in=new, is_new=False).update(is_changed=True)
    return high - low + 1


def left_out(terms: Terms) -> Iterator[LeftOut]:
    """The words on relations that cannot be noted, each with its row, its field and why."""
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        for named, _other, why in found(terms, low, high):
            if why:
                yield LeftOut("customers", named.row, FIELD_OF[named.detail], named.value, why)


def apply(terms: Terms, done: Operation) -> Iterator[Step]:
    """Note the relations, in short transactions; what is noted already stays as it is."""
    for low, high in id_ranges(StagedDetail, terms.import_id, TAKEN):
        yield lambda low=low, high=high: _note(terms, done, low, high)  # type: ignore[misc]


def _note(terms: Terms, done: Operation, low: int, high: int) -> int:
    wanted = {
        pair_of(named, other): None
        for named, other, _why in found(terms, low, high)
        if other and other[0] == named.own[0] == "known"
    }
    noted = _noted(list(wanted))
    made = [
        Relation(kind=kind, of_id=of, to_id=to, source=terms.source, created_at=terms.at)
        for (_of, of), kind, (_to, to) in wanted
        if ((_of, of), kind, (_to, to)) not in noted
    ]
    if made:
        with transaction.atomic():
            Relation.objects.bulk_create(made)
            remember_created(done, Relation, [one.pk for one in made])
    return high - low + 1


Pair = tuple[Whom, RelationKind, Whom]


def pair_of(named: Named, other: Whom) -> Pair:
    """As it is noted: what is mutual has the lower number first."""
    of, to = named.own, other
    # Only two of the list have an order; whoever is new is not noted yet.
    if named.kind in MUTUAL and of[0] == to[0] == "known" and of[1] > to[1]:
        of, to = to, of
    return of, named.kind, to


def _noted(wanted: Sequence[Pair]) -> set[Pair]:
    """Those of these relations that hold already."""
    ids = {who[1] for of, _kind, to in wanted for who in (of, to) if who[0] == "known"}
    rows = Relation.objects.filter(of__in=ids, to__in=ids, until_on=None)
    return {
        (("known", of), RelationKind(kind), ("known", to))
        for of, kind, to in rows.values_list("of_id", "kind", "to_id")
    }


def found(terms: Terms, low: int, high: int) -> Iterator[tuple[Named, Whom | None, str]]:
    """Each word of a stretch of rows with whom it means, or why it means nobody."""
    values = {"import": terms.import_id, "low": low, "high": high}
    named = [
        Named(row, kind, value, staged, ("known", pk) if pk else ("new", leader or staged), own)
        for row, kind, value, staged, leader, pk, own in rows_of(_NAMED, values)
    ]
    candidates = candidates_for(terms, {one.value for one in named}) if named else Candidates()
    for one in named:
        yield one, *meant(one, candidates)


def meant(
    named: Named, candidates: Candidates, by_number: Told | None = None
) -> tuple[Whom | None, str]:
    """Whom a row means, or why nobody; our own number beside the name leaves no doubt."""
    if named.kind in _PEOPLE_ONLY and named.own_kind != Kind.PERSON:
        return None, _("Only a person can stand to somebody like that.")
    if named.kind == RelationKind.SERVES and named.own_kind != Kind.DEPARTMENT:
        return None, _("Only a department of ours serves somebody.")
    if by_number is not None:
        candidates.kinds.setdefault(*by_number)
    met = {by_number[0]} if by_number is not None else candidates.of(named)
    others = met - {named.own}
    places = {"name": named.value[:80]}
    if met and not others:
        return None, _("“%(name)s” is this customer.") % places
    if len(others) > 1:
        return None, _(
            "Several are called “%(name)s”: write their number or their e-mail address instead."
        ) % places
    if not others:
        return None, _(
            "“%(name)s” stands neither on the list nor in this file, so this is not noted. Bring "
            "them in first, or write the name as it stands on the list."
        ) % places
    [other] = others
    if candidates.kinds[other] not in _OTHERS[named.kind]:
        return None, _("“%(name)s” is not of the kind to stand to anybody like that.") % places
    return other, ""


def candidates_for(terms: Terms, values: set[str]) -> Candidates:
    """Who could be meant by some names, on the list and in the same file."""
    sought = Candidates()
    mails = {normal_email(value) for value in values if "@" in value}
    sorts = {name for value in values for name in _sort_names(value)}
    names = {folded_name(value) for value in values}
    _of_the_list(sought, terms, values, mails, sorts, names)
    staged = StagedCustomer.objects.filter(
        Q(reference__in=values) | Q(email_normal__in=mails) | Q(sort_name__in=sorts),
        import_id=terms.import_id,
    )
    for pk, leader, known, kind, reference, mail, name in staged.values_list(
        "id", "leader_id", "customer_id", "kind", "reference", "email_normal", "name"
    ):
        whom: Whom = ("known", known) if known else ("new", leader or pk)
        sought.kinds.setdefault(whom, kind)
        if reference in values:
            sought.by_number[reference].add(whom)
        if mail in mails:
            sought.by_email[mail].add(whom)
        if folded_name(name) in names:
            sought.by_name[folded_name(name)].add(whom)
    return sought


def _sort_names(value: str) -> set[str]:
    """As an organisation of this name would be sorted, and as a person would."""
    given, _gap, family = " ".join(value.split()).rpartition(" ")
    return {
        sort_name_of(Kind.ORGANISATION, value, "", ""),
        sort_name_of(Kind.PERSON, value, given, family if given else ""),
    }


def _of_the_list(
    sought: Candidates, terms: Terms, values: set[str], mails: set[str], sorts: set[str],
    names: set[str],
) -> None:  # fmt: skip
    listed = Customer.objects.on_the_list()
    references = Reference.objects.filter(source=terms.source, value__in=values)
    for value, pk in references.values_list("value", "customer_id"):
        sought.by_number[value].add(("known", pk))
    seals = [seal_of(PointKind.EMAIL, mail) for mail in sorted(mails)]
    points = ContactPoint.objects.filter(kind=PointKind.EMAIL, seal__in=seals)
    for mail, pk in points.values_list("normal", "customer_id"):
        sought.by_email[mail].add(("known", pk))
    for name, pk in listed.filter(sort_name__in=sorts).values_list("name", "pk"):
        if folded_name(name) in names:
            sought.by_name[folded_name(name)].add(("known", pk))
    met = (sought.by_number, sought.by_email, sought.by_name)
    ids = {whom[1] for by in met for whoms in by.values() for whom in whoms}
    kinds = dict(listed.filter(pk__in=ids).values_list("pk", "kind"))
    sought.kinds.update({("known", pk): kind for pk, kind in kinds.items()})
    # Whoever is off the list is not found.
    for by in met:
        for key in by:
            by[key] = {whom for whom in by[key] if whom in sought.kinds}
