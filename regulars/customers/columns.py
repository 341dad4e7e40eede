"""What the list of customers takes from files."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.column_sets import (
    Batch,
    Role,
    Step,
    Terms,
    Untaken,
    Verdict,
    column_sets,
)
from regulars.core.errors import Refusal
from regulars.customers import matching, taking_in
from regulars.customers.choices import Kind
from regulars.customers.details import (
    DETAIL_FIELDS,
    PLACE,
    details_of,
    has_details,
    own_fields,
    stage_details,
)
from regulars.customers.headings import LIST_FIELDS
from regulars.customers.heard import heard_fields
from regulars.customers.models import Customer
from regulars.customers.naming import sort_name_of
from regulars.customers.presets import PRESETS
from regulars.customers.staged_lines import CHANNELS, lines_of, packed, write_packed

# Plain texts: as members of their class each would be looked at anew for every row.
PERSON, ORGANISATION = Kind.PERSON.value, Kind.ORGANISATION.value
NOTHING_SAID: tuple[str, str, str | None] = ("", "", None)


@dataclass(slots=True)
class Person:
    """One customer as one row names them."""

    reference: str = ""
    kind: str = PERSON
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: Any = None
    phone: Any = None
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    about: str = ""
    since_on: str | None = None
    # For each channel the word, where it was given, and when.
    says: tuple[tuple[str, str, str | None], ...] = (NOTHING_SAID,) * 3
    # What tells them from others where the keys were chosen.
    own_key: str = ""

    def key_by(self, keys: Sequence[str], row: int) -> str:
        """By the first of the chosen keys that the row has; else the row stands for itself."""
        told = {
            "reference": f"r:{self.reference}" if self.reference else "",
            "email": _key_of("e", self.email), "phone": _key_of("p", self.phone),
            "name": f"n:{self.sort_name[:330]}" if self.name else "",
            "name_postcode": f"n:{self.sort_name[:280]}|{self.postcode}"
            if self.name and self.postcode else "",
        }  # fmt: skip
        return next((told[key] for key in keys if told[key]), f"#{row}" if self.key else "")

    @property
    def key(self) -> str:
        if self.own_key:
            return self.own_key
        email, phone = self.email, self.phone
        if self.reference:
            return f"r:{self.reference}"
        if email is not None and not email.is_doubtful:
            return f"e:{email.normal}"
        if phone is not None and not phone.is_doubtful:
            return f"p:{phone.normal}"
        if self.name:
            return f"n:{self.sort_name[:330]}"
        # What nobody can be reached by still tells rows apart, when nothing else does.
        return f"d:{email.normal}" if email else f"d:{phone.normal}" if phone else ""

    @property
    def is_only_named(self) -> bool:
        """A person's name in one piece of several words, and nothing else to be found by."""
        told = self.reference or self.email or self.phone or self.given_name or self.family_name
        return self.kind == PERSON and " " in self.name and not told

    @property
    def sort_name(self) -> str:
        if not self.name:
            return ""
        return sort_name_of(self.kind, self.name, self.given_name, self.family_name)


def _key_of(sign: str, reach: Any) -> str:
    return f"{sign}:{reach.normal}" if reach is not None and not reach.is_doubtful else ""


def people_of(batch: Batch) -> list[Person]:
    """The customers that some rows name, in the order of the rows."""
    names = zip(
        batch.column("name"), batch.column("given_name"), batch.column("family_name"),
        batch.column("organisation"), strict=True,
    )  # fmt: skip
    told = zip(
        batch.column("reference"), batch.column("email", None), batch.column("phone", None),
        batch.column("street"), batch.column("postcode"), batch.column("city"),
        batch.column("region"), batch.column("country"), batch.column("about"),
        batch.column("since", None), strict=True,
    )  # fmt: skip
    words = zip(*(_words_of(batch, channel) for channel in CHANNELS), strict=True)
    rows = zip(names, told, words, strict=True)
    return [_person(who, what, says) for who, what, says in rows]


def _words_of(batch: Batch, channel: str) -> list[tuple[str, str, str | None]]:
    """What each row says about one channel; its own source and moment go before the row's."""
    if f"says_{channel}" not in batch.columns:
        return [NOTHING_SAID] * len(batch.rows)
    rows = zip(
        batch.column(f"says_{channel}", None), batch.column(f"says_{channel}_source"),
        batch.column("says_source"), batch.column(f"says_{channel}_at", None),
        batch.column("says_at", None), strict=True,
    )  # fmt: skip
    return [_word(said, own or general, at or when) for said, own, general, at, when in rows]


def _person(
    who: tuple[str, str, str, str],
    what: tuple[Any, ...],
    says: tuple[tuple[str, str, str | None], ...],
) -> Person:
    kind, name = _kind_and_name(*who)
    reference, email, phone, street, postcode, city, region, country, about, since = what
    return Person(
        reference[:200], kind, name, who[1] if kind == PERSON else "",
        who[2] if kind == PERSON else "", email, phone, street, postcode[:40], city[:200],
        region[:200], country[:100], about, since.day if since else None,
        says,
    )  # fmt: skip


def _kind_and_name(name: str, given: str, family: str, organisation: str) -> tuple[str, str]:
    if name:
        return PERSON, name
    if given or family:
        return PERSON, f"{given} {family}".strip() if given and family else given or family
    if organisation:
        return ORGANISATION, organisation
    return PERSON, ""


def _word(said: bool | None, source: str, moment: Any) -> tuple[str, str, str | None]:
    if said is None:
        return NOTHING_SAID
    # A date beside a no is mostly that of the yes before it; a no counts from when it is told.
    return ("yes", source[:200], moment.utc if moment else None) if said else ("no", "", None)


def stage_people(
    people: Sequence[Person], rows: Sequence[int], terms: Terms, *, counted: bool = True
) -> list[str]:
    """Put customers into staging; rows that name the same one are merged, the later filling in.

    Returns by what each is told; nothing where nobody is named.
    """
    if not counted:
        _name_as_listed([one for one in people if one.is_only_named])
    keys = [person.key for person in people]
    write_packed([packed(lines_of(people, keys, rows, terms, counted=counted))], terms)
    return keys


def _name_as_listed(people: Sequence[Person]) -> None:
    """What a row calls “Ruth Calloway” stands on the list as Ruth, of the family Calloway."""
    parted = {one.sort_name: one.name.rpartition(" ") for one in people}
    turned = {
        sort_name: sort_name_of(PERSON, f"{given} {family}", given, family)
        for sort_name, (given, _gap, family) in parted.items()
    }
    wanted = {*turned, *turned.values()}
    named = Customer.objects.on_the_list().filter(sort_name__in=wanted).order_by()
    listed = set(named.values_list("sort_name", flat=True))
    for one in people:
        sort_name = one.sort_name
        if sort_name not in listed and turned[sort_name] in listed:
            one.given_name, _gap, one.family_name = parted[sort_name]


KEYS = (
    ("reference", gettext_lazy("Number in their system")),
    ("email", gettext_lazy("E-mail")),
    ("phone", gettext_lazy("Phone")),
    ("name", gettext_lazy("Name, where nobody else is called so")),
    ("name_postcode", gettext_lazy("Name and postcode")),
)
SEVERAL = ("append", "fill", "overwrite", "ignore")
ONE = ("overwrite", "fill", "ignore")
EQUALS = ("append", "fill", "overwrite", "ignore")
WORDS = ("tags", "interests", "interests_noted", "needs", "needs_noted")
POLICIES = {
    "name": ONE, "given_name": ONE, "family_name": ONE, "organisation": ONE,
    "about": ("overwrite", "fill", "append", "ignore"), "since": ONE,
    "email": SEVERAL, "phone": SEVERAL, **dict.fromkeys(PLACE, SEVERAL),
    # Of these none is before another.
    "other_emails": ("append", "fill", "ignore"), "other_phones": ("append", "fill", "ignore"),
    **dict.fromkeys(WORDS, EQUALS),
}  # fmt: skip


class CustomerColumns:
    """The list of customers, one row each."""

    kind = "customers"
    label = gettext_lazy("Customers")
    fields = (*LIST_FIELDS, *DETAIL_FIELDS)
    keys = KEYS
    usual_keys = matching.USUAL
    clearable = frozenset({"about", "since", *WORDS})

    @property
    def policies(self) -> dict[str, tuple[str, ...]]:
        return POLICIES | {field.name: ONE for field in own_fields()}

    @property
    def roles(self) -> tuple[Role, ...]:
        """One file; the business's own fields stand in it as soon as there are any."""
        label = gettext_lazy("The list of customers")
        return (Role("customers", label, (*self.fields, *heard_fields(), *own_fields()), PRESETS),)

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        chosen = set(mapping.get("customers", {}))
        if not chosen & {"reference", "name", "given_name", "family_name", "organisation",
                         "email", "phone"}:  # fmt: skip
            raise Refusal(
                _("No column says who the customers are."),
                _("Choose the column that holds their name, their e-mail address, their phone "
                  "number or their number in the other system."),
            )  # fmt: skip

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            if column.share(lambda value: "@" in value) > 0.6:
                found.setdefault("email", column.name)
            elif column.is_of_dates:
                found.setdefault("since", column.name)
            elif column.share(_looks_like_phone) > 0.6:
                found.setdefault("phone", column.name)
            elif column.is_of_numbers and len(column.distinct) >= 0.9 * column.filled:
                found.setdefault("reference", column.name)
            elif (
                column.filled and column.share(lambda value: any(c.isalpha() for c in value)) > 0.8
            ):
                found.setdefault("name", column.name)
        return found

    def begin(self, terms: Terms) -> None:
        """Nothing is remembered between batches."""

    def stage(self, batch: Batch, terms: Terms) -> list[tuple[int, str, str]]:
        if not has_details(batch.columns):
            lines, untaken = self.prepare(batch, terms)
            self.stage_prepared([lines], terms)
            return untaken
        people = people_of(batch)
        if terms.keys:
            _tell_by(people, batch, terms)
        else:
            _know_by_our_number(people, batch)
        details, untaken = details_of(batch, [person.key for person in people], terms)
        stage_details(details)
        lost = {row for row, _field, _why in untaken}
        kept = [at for at, row in enumerate(batch.rows) if row not in lost]
        rows = [batch.rows[at] for at in kept]
        keys = stage_people([people[at] for at in kept], rows, terms)
        return untaken + _unnamed(rows, keys)

    def may_prepare(self, names: Collection[str]) -> bool:
        """What else a row says is compared with tags and fields that we keep."""
        return not has_details(names)

    def prepare(self, batch: Batch, terms: Terms) -> tuple[bytes, list[Untaken]]:
        people = people_of(batch)
        if terms.keys:
            _tell_by(people, batch, terms)
        keys = [person.key for person in people]
        lines = packed(lines_of(people, keys, batch.rows, terms))
        return lines, _unnamed(batch.rows, keys)

    stage_prepared = staticmethod(write_packed)

    # For the sets of higher rooms whose rows carry customers.
    people_of = staticmethod(people_of)
    stage_people = staticmethod(stage_people)

    def resolve(self, terms: Terms) -> Iterator[Step]:
        return taking_in.resolve(terms)

    def verdict(self, terms: Terms) -> Verdict:
        return taking_in.verdict(terms)

    def apply(self, terms: Terms) -> Iterator[Step]:
        return taking_in.apply(terms)

    def empty(self, terms: Terms) -> Iterator[Step]:
        return taking_in.empty(terms)


def _tell_by(people: Sequence[Person], batch: Batch, terms: Terms) -> None:
    """Rows are told apart by the keys that were chosen."""
    for person, row in zip(people, batch.rows, strict=True):
        person.own_key = person.key_by(terms.keys, row)


def _unnamed(rows: Sequence[int], keys: Sequence[str]) -> list[Untaken]:
    why = _("Nobody is named: no name, no address, no phone number.")
    return [(row, "", why) for row, key in zip(rows, keys, strict=True) if not key]


def _know_by_our_number(people: Sequence[Person], batch: Batch) -> None:
    """Rows of a file that we wrote out are told apart by our own number."""
    for person, number in zip(people, batch.columns.get("number_here", ()), strict=False):
        if number.isascii() and number.isdigit() and len(number) < 19 and person.key:
            person.own_key = f"{matching.OWN_NUMBER}{int(number)}"


def _looks_like_phone(value: str) -> bool:
    digits = sum(char.isdigit() for char in value)
    return digits >= 7 and (value[:1] in "+(0" or "-" in value or " " in value.strip())


column_sets.register("customers", CustomerColumns())
