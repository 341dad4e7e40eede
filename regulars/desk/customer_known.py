"""What else is known of a customer: their people, what they care about, tags, fields of our own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from regulars.core.actor import Actor
from regulars.customers.choices import (
    MUTUAL,
    RELATION_BACK,
    InterestKind,
    Kind,
    RelationKind,
)
from regulars.customers.custom_values import Held, value_shown, value_written
from regulars.customers.models import Customer, CustomField, Interest, Tag
from regulars.customers.queries.custom import custom_fields, custom_values_of
from regulars.customers.queries.interests import interests_of, topics_known
from regulars.customers.queries.relations import Relative, members_of, relations_of
from regulars.customers.queries.tags import tags_by_name, tags_of
from regulars.lists.queries.fields import fields_hidden_from

# What a list calls each relation, seen from `of` and from `to`: hidden there is hidden here.
_LISTED = {
    RelationKind.WORKS_AT: ("customer.works_at", "customer.staff"),
    RelationKind.REFERRED_BY: ("customer.referred_by", "customer.referred"),
    RelationKind.SERVES: ("customer.serves", "customer.served_by"),
}
# Who may be named first, as the room of customers has it.
_BY_KIND = {
    Kind.PERSON: ("works_at", "married_to", "referred_by", "referred_by:back", "serves:back",
                  "related_to"),
    Kind.ORGANISATION: ("works_at:back", "referred_by", "referred_by:back", "serves:back",
                        "related_to"),
    Kind.DEPARTMENT: ("serves", "works_at:back", "related_to"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnValue:
    """One field of our own as the page shows it, and as its form takes it."""

    field: CustomField
    held: Held | None

    @property
    def shown(self) -> str:
        return "" if self.held is None else value_shown(self.field, self.held)

    @property
    def written(self) -> str:
        return value_written(self.field, self.held)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        chosen = self.held if isinstance(self.held, tuple) else (self.held,)
        return [(key, label, key in chosen) for key, label in self.field.labels.items()]


@dataclass(frozen=True, slots=True)
class Known:
    relatives: Sequence[Relative]
    relation_choices: Sequence[tuple[str, str]]
    household: Sequence[Customer]
    has_interests: bool
    interests: Sequence[Interest]
    topics: Sequence[str]
    has_tags: bool
    tags: Sequence[Tag]
    other_tags: Sequence[str]
    own: Sequence[OwnValue]

    @property
    def shown_own(self) -> list[OwnValue]:
        return [one for one in self.own if one.held is not None]


def known_of(actor: Actor, customer: Customer, today: date) -> Known:
    """Everything besides, as far as the one who asks may see it."""
    hidden = fields_hidden_from(actor)
    relatives = relations_of(actor, [customer.pk]).get(customer.pk, [])
    has_tags = "customer.tags" not in hidden
    tags = tags_of([customer.pk]).get(customer.pk, []) if has_tags else []
    interests = interests_of([customer.pk], with_ended=True).get(customer.pk, [])
    return Known(
        relatives=sorted(
            (one for one in relatives if not _is_hidden(one, hidden)),
            key=lambda one: (one.is_over_on(today), one.words, one.other.name),
        ),
        relation_choices=relation_choices(customer),
        household=_household(actor, customer) if "customer.household" not in hidden else [],
        has_interests=not hidden >= {"customer.interests", "customer.needs"},
        interests=[one for one in interests if f"customer.{one.kind}s" not in hidden],
        topics=topics_known(actor, [k for k in InterestKind if f"customer.{k}s" not in hidden]),
        has_tags=has_tags,
        tags=tags,
        other_tags=[one.name for one in tags_by_name() if one not in tags] if has_tags else [],
        own=own_values(actor, customer),
    )


def own_values(actor: Actor, customer: Customer) -> list[OwnValue]:
    """The fields of our own that this person may see, with what the customer has in them."""
    hidden = fields_hidden_from(actor)
    fields = [one for one in custom_fields() if f"own.{one.key}" not in hidden]
    held = custom_values_of([customer.pk], fields).get(customer.pk, {}) if fields else {}
    return [OwnValue(field, held.get(field.key)) for field in fields]


def relation_choices(customer: Customer) -> list[tuple[str, str]]:
    """What this customer may be to another, each in the words of this side."""
    found = []
    for name in _BY_KIND[Kind(customer.kind)]:
        kind, is_back = relation_named(name)
        found.append((name, str(RELATION_BACK[kind] if is_back else kind.label)))
    return found


def relation_named(name: str) -> tuple[RelationKind, bool]:
    """A relation and its side, as a form names them."""
    kind, _colon, side = name.partition(":")
    return RelationKind(kind), side == "back" and kind not in MUTUAL


def _is_hidden(relative: Relative, hidden: frozenset[str]) -> bool:
    names = _LISTED.get(relative.kind)
    return names is not None and names[relative.is_back] in hidden


def _household(actor: Actor, customer: Customer) -> list[Customer]:
    if customer.household is None:
        return []
    return [one for one in members_of(actor, customer.household) if one.pk != customer.pk]


INTEREST_KINDS = InterestKind.choices
