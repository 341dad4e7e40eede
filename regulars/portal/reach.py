"""What reaches a customer by which way, as the gate will judge it, in their own words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from regulars.consent.choices import Channel, Decision, Ground, Purpose
from regulars.consent.grounds import GroundRule, grounds_now
from regulars.consent.models import ConsentState, Wish
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer
from regulars.portal.pages import may_confirm
from regulars.portal.words import BY, PURPOSES, WAYS

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise

SERVICE = frozenset({Ground.CONTRACT, Ground.LEGAL_DUTY})
POINTS = {
    Channel.CALL: PointKind.PHONE,
    Channel.EMAIL: PointKind.EMAIL,
    Channel.TEXT: PointKind.PHONE,
    Channel.LETTER: PointKind.ADDRESS,
}
# One way to a letterbox, whoever wrote what is put in it.
ALSO = {Channel.LETTER: (Channel.LETTER, Channel.NOTE)}
DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Box:
    """One purpose by one way: whether it reaches them, and whether they can ask for it here."""

    channel: Channel
    purpose: Purpose
    is_on: bool
    may_ask: bool

    @property
    def name(self) -> str:
        return f"{self.channel}:{self.purpose}"

    @property
    def way(self) -> "_StrPromise":
        return BY[self.channel]

    @property
    def may_change(self) -> bool:
        return self.is_on or self.may_ask


@dataclass(frozen=True, slots=True)
class Row:
    """One purpose by every way that there is."""

    purpose: Purpose
    label: "_StrPromise"
    boxes: Sequence[Box]


@dataclass(frozen=True, slots=True)
class Reach:
    """All that may be chosen, and what comes whatever they choose."""

    ways: Sequence[tuple[Channel, "_StrPromise"]]
    rows: Sequence[Row]
    always: Sequence[Purpose]
    # What they wished to hear about and nothing else; empty: all that stands above.
    only: Sequence[str]

    @property
    def boxes(self) -> list[Box]:
        return [box for row in self.rows for box in row.boxes]

    @property
    def may_ask(self) -> bool:
        """Whether anything can be asked for here."""
        return any(box.may_ask for box in self.boxes)

    @property
    def has_fixed(self) -> bool:
        """Whether something is off that cannot be asked for here."""
        return any(not box.may_change for box in self.boxes)


def channels_of(way: Channel) -> tuple[Channel, ...]:
    return ALSO.get(way, (way,))


def reach_of(customer: Customer, at: datetime) -> Reach:
    grounds = grounds_now()
    kinds = set(ContactPoint.objects.filter(customer=customer).values_list("kind", flat=True))
    ways = [way for way in WAYS if POINTS[way] in kinds]
    known = _Known.of(customer, grounds, at)
    always = [one for one in PURPOSES if _is_service(grounds, one)]
    # A yes is confirmed by mail, so only mail can be asked for, once that mail can leave.
    asked_for = {Channel.EMAIL} if may_confirm() else set()
    rows = [
        Row(one, words, [Box(way, one, known.is_on(way, one), way in asked_for) for way in ways])
        for one, words in PURPOSES.items()
        if one not in always
    ]
    only = [one for one in known.only_for.split(",") if one]
    return Reach([(way, WAYS[way]) for way in ways], rows, always, only)


def is_offered(channel: str, purpose: str) -> bool:
    """Whether they can do without it: neither bought, asked for, nor owed by law."""
    rule = grounds_now().get((channel, purpose))
    return rule is not None and rule.ground not in SERVICE


def _is_service(grounds: Mapping[tuple[str, str], GroundRule], purpose: str) -> bool:
    return grounds[Channel.EMAIL, purpose].ground in SERVICE


@dataclass(frozen=True, slots=True)
class _Known:
    """What was decided and wished, on which ground each thing rests, when they last bought."""

    stands: Mapping[tuple[str, str], str]
    grounds: Mapping[tuple[str, str], GroundRule]
    last_purchase_on: date | None
    on: date
    only_for: str

    @classmethod
    def of(
        cls, customer: Customer, grounds: Mapping[tuple[str, str], GroundRule], at: datetime
    ) -> "_Known":
        states = ConsentState.objects.filter(customer=customer)
        rows: Iterable[tuple[str, str, str]] = states.values_list("channel", "purpose", "decision")
        wish = Wish.objects.filter(customer=customer).first()
        return cls(
            {(channel, purpose): decision for channel, purpose, decision in rows},
            grounds,
            wish.last_purchase_on if wish else None,
            at.date(),
            wish.only_for if wish else "",
        )

    def is_on(self, way: Channel, purpose: Purpose) -> bool:
        return any(self._may(channel, purpose) for channel in channels_of(way))

    def _may(self, channel: str, purpose: str) -> bool:
        if self.only_for and f",{purpose}," not in self.only_for:
            return False
        every = self.stands.get((channel, ""))
        this = self.stands.get((channel, purpose))
        # A no to everything closes each purpose; what is agreed to after it was said yes to later.
        if Decision.WITHDRAWN in (this, every if this != Decision.GRANTED else this):
            return False
        return Decision.GRANTED in (this, every) or self._rests(self.grounds[channel, purpose])

    def _rests(self, rule: GroundRule) -> bool:
        if rule.ground != Ground.CUSTOMER:
            return rule.ground == Ground.INTEREST
        bought = self.last_purchase_on
        if bought is None:
            return False
        return rule.months is None or (self.on - bought).days <= rule.months * DAYS_A_MONTH
