"""What a role may not see of a customer, in the words of the pages: hidden on the list, so here."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.choices import Kind, PointKind
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.verdicts import words_of
from regulars.lists.queries.fields import fields_hidden_from

# One of these tells the others: how often they come, when they came last, when they are due.
RHYTHM = frozenset(
    {"order"}
    | {
        f"insight.{name}"
        for name in (
            "first_on", "last_on", "due_on", "slipping_on", "lapsed_on", "doubtful_on",
            "purchase_count", "usual_gap", "days_late", "less_since", "less_worth",
        )
    }
)  # fmt: skip
# What an order of the list tells of each row; by tier, those worth most stand first.
SORTED_BY: Mapping[str, frozenset[str]] = {
    "name": frozenset(),
    "last": frozenset({"insight.last_on"}),
    "value": frozenset({"insight.year_spend"}),
    "due": frozenset({"insight.due_on"}),
    "tier": frozenset({"insight.tier", "insight.stake"}),
}
# How alike two are in one thing says what that is, to who knows one of them.
COMPARED: Mapping[str, frozenset[str]] = {
    "email": frozenset({"customer.email"}),
    "phone": frozenset({"customer.phone"}),
    "marks": frozenset({"customer.reference"}),
    "address": frozenset(
        {f"customer.{part}" for part in ("street", "postcode", "city", "region", "country")}
    ),
}
# An address is written as a whole, so that all of it must be seen.
POINTS_LISTED: Mapping[PointKind, frozenset[str]] = {
    PointKind.EMAIL: frozenset({"customer.email"}),
    PointKind.PHONE: frozenset({"customer.phone"}),
    PointKind.ADDRESS: frozenset(
        {f"customer.{part}" for part in ("street", "postcode", "city", "region", "country")}
    ),
}
WISHES = frozenset({"consent.channel", "consent.paused_until"})


def is_point_hidden(point: ContactPoint, hidden: frozenset[str]) -> bool:
    """Whether a role does not see this way to reach a customer."""
    return bool(POINTS_LISTED.get(PointKind(point.kind), frozenset()) & hidden)


@dataclass(frozen=True, slots=True)
class Sight:
    """What is hidden from whoever looks, asked in the words of a page."""

    hidden: frozenset[str] = frozenset()

    def sees(self, *names: str) -> bool:
        return self.hidden.isdisjoint(names)

    @property
    def tier(self) -> bool:
        return self.sees("insight.tier")

    @property
    def rhythm(self) -> bool:
        return self.hidden.isdisjoint(RHYTHM)

    @property
    def orders(self) -> bool:
        return self.sees("order")

    @property
    def notes(self) -> bool:
        return self.sees("conversation.notes", "touch")

    @property
    def last_touch(self) -> bool:
        return self.sees("conversation.last_touch", "conversation.last_channel", "touch")

    @property
    def states(self) -> bool:
        """Whether they see if a way to reach somebody works."""
        return self.sees(*(f"customer.{kind}_state" for kind in ("email", "phone", "address")))

    @property
    def confirmed(self) -> bool:
        return self.sees("customer.confirmed_on")

    @property
    def about(self) -> bool:
        return self.sees("customer.about")

    @property
    def year_spend(self) -> bool:
        return self.sees("insight.year_spend", "order")

    @property
    def since(self) -> bool:
        return self.sees("customer.since_on")

    @property
    def household(self) -> bool:
        return self.sees("customer.household")

    @property
    def holds(self) -> bool:
        return self.sees("messaging.hold")

    @property
    def heard(self) -> bool:
        """Whether they see how often a customer heard from us."""
        return self.sees("touch", "message")

    @property
    def wishes(self) -> bool:
        return self.hidden.isdisjoint(WISHES)

    @property
    def tags(self) -> bool:
        return self.sees("customer.tags")

    def channel(self, channel: str) -> bool:
        """Whether they see what a customer decided about a channel; a note stands in a letter."""
        named = Channel.LETTER.value if channel == Channel.NOTE else str(channel)
        return self.sees(f"consent.{named}")

    def orders_by(self, sort: str) -> bool:
        return self.hidden.isdisjoint(SORTED_BY.get(sort, frozenset()))


def sight_of(actor: Actor) -> Sight:
    return Sight(fields_hidden_from(actor))


def sight_on(actor: Actor, customer: Customer) -> Sight:
    """What is shown of one customer: of a department of ours nothing of buying."""
    sight = sight_of(actor)
    if customer.kind != Kind.DEPARTMENT:
        return sight
    return Sight(sight.hidden | RHYTHM | {"insight.year_spend"})


# What each form of a customer's page writes: what one may not see, one does not write over.
_WRITTEN: Mapping[str, frozenset[str]] = {
    "describe": frozenset({"customer.about"}),
    "tier": frozenset({"insight.tier"}),
    "add_tag_to": frozenset({"customer.tags"}),
    "take_tag_off": frozenset({"customer.tags"}),
    "change_household": frozenset({"customer.household"}),
    "live_with": frozenset({"customer.household"}),
    "wishes": WISHES,
}


def refuse_hidden(actor: Actor, form: str) -> None:
    """Refuse a form whose field is hidden from whoever sends it."""
    if not sight_of(actor).hidden.isdisjoint(_WRITTEN.get(form, frozenset())):
        raise NotAllowed(_("This is hidden from your role."), _("An owner can show it."))


def refuse_hidden_point(actor: Actor, point: ContactPoint) -> None:
    if is_point_hidden(point, sight_of(actor).hidden):
        raise NotAllowed(_("This is hidden from your role."), _("An owner can show it."))


def refuse_hidden_interest(actor: Actor, kind: str) -> None:
    if not sight_of(actor).sees(f"customer.{kind}s"):
        raise NotAllowed(_("This is hidden from your role."), _("An owner can show it."))


def refuse_hidden_channel(actor: Actor, channel: str) -> None:
    if not sight_of(actor).channel(channel):
        raise NotAllowed(_("This is hidden from your role."), _("An owner can show it."))


def alike_words(actor: Actor, levels: Mapping[str, str]) -> list[str]:
    """What makes two alike, but for what is hidden: the same number is told by being the same."""
    hidden = fields_hidden_from(actor)
    known = {
        name: level for name, level in levels.items()
        if COMPARED.get(name, frozenset()).isdisjoint(hidden)
        # A birthday is a field of the business's own, under whatever name.
        and not (name == "born" and any(one.startswith("own.") for one in hidden))
    }  # fmt: skip
    return words_of(known)
