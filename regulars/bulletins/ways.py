"""How each reader can be told: by e-mail, else by a call, else by a letter; asked at the gate."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from regulars.bulletins.choices import By
from regulars.bulletins.readers import BY_PERSON, BY_POST
from regulars.consent.choices import Channel, Purpose, Stopped
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, CustomerQuerySet
from regulars.messaging.gate import NO, counts_by_verdict, verdicts_for_customers
from regulars.messaging.words import sentence_of

# A stretch is one short transaction when it is written down (100 ms of background work).
STRETCH = 2000
# Longer lists are looked through when it is sent; the look counts what the gate says to e-mail.
SEEN_AT_ONCE = 20_000
# They want nothing from us at all, or nothing of this kind: a call would be worse than silence.
LEFT_ALONE = frozenset(
    {"archived", "topics", Stopped.LEGAL.value, Stopped.ERASED.value, Stopped.COMPLAINED.value}
)
_ORDER = (
    (By.CALL, Channel.CALL, PointKind.PHONE),
    (By.LETTER, Channel.LETTER, PointKind.ADDRESS),
)


@dataclass(frozen=True, slots=True)
class Way:
    """How one reader is told; neither by mail nor by a person: not at all."""

    customer_id: int
    by_mail: bool
    by: By | None
    language: str
    code: str = ""


def ways_of(readers: CustomerQuerySet, at: datetime, *, after: int = 0) -> Iterator[list[Way]]:
    """The ways of all readers, stretch by stretch, in order of their ids."""
    rows = readers.order_by("pk").values_list("pk", "wish__channel", "wish__language")
    while some := list(rows.filter(pk__gt=after)[:STRETCH]):
        last = some[-1][0]
        among = readers.filter(pk__gt=after, pk__lte=last)
        yield _of_stretch(some, among, at)
        after = last


def _of_stretch(
    some: Sequence[tuple[int, str | None, str | None]], among: CustomerQuerySet, at: datetime
) -> list[Way]:
    ids = among.order_by().values("pk")
    mail = dict(verdicts_for_customers("email", Purpose.INFORM, at, ids))
    wish = {pk: channel or "" for pk, channel, _language in some}
    rest = [
        pk for pk, _channel, _language in some
        if mail[pk].code not in LEFT_ALONE and (mail[pk].is_no or wish[pk] in BY_PERSON)
    ]  # fmt: skip
    by = _by_person(rest, wish, at) if rest else {}
    return [
        Way(pk, not mail[pk].is_no and wish[pk] not in BY_PERSON, by.get(pk), language or "",
            mail[pk].code)
        for pk, _channel, language in some
    ]  # fmt: skip


def _by_person(rest: list[int], wish: dict[int, str], at: datetime) -> dict[int, By]:
    usable = ContactPoint.objects.filter(customer_id__in=rest, state=PointState.USABLE)
    points = set(usable.values_list("customer_id", "kind"))
    may: dict[By, set[int]] = {}
    for by, channel, kind in _ORDER:
        there = [pk for pk in rest if (pk, kind) in points]
        ids = ContactPoint.objects.filter(customer_id__in=there).order_by().values("customer_id")
        said = verdicts_for_customers(channel, Purpose.INFORM, at, ids) if there else []
        may[by] = {pk for pk, verdict in said if not verdict.is_no}
    best = {pk: _best(pk, wish[pk], may) for pk in rest}
    return {pk: by for pk, by in best.items() if by is not None}


def _best(customer_id: int, wished: str, may: dict[By, set[int]]) -> By | None:
    order = (By.LETTER, By.CALL) if wished in BY_POST else (By.CALL, By.LETTER)
    return next((by for by in order if customer_id in may[by]), None)


@dataclass(slots=True)
class Counted:
    """How many are told how, for whoever lets it go."""

    total: int = 0
    now: int = 0
    later: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    letters: int = 0
    nobody: Counter[str] = field(default_factory=Counter)
    # So many more get a call, a letter or nothing: worked out when it is sent.
    unsorted: int = 0

    @property
    def by_mail(self) -> int:
        return self.now + sum(self.later.values())

    @property
    def told(self) -> int:
        """All but those whom nothing reaches, as far as that is known."""
        return self.total - sum(self.nobody.values())

    @property
    def lines(self) -> list[tuple[int, str]]:
        """Why not now, or not at all, in sentences."""
        found = [*self.later.most_common(), *self.nobody.most_common()]
        return [(count, sentence_of(code)) for code, count in found]


def counted_ways(readers: CustomerQuerySet, at: datetime) -> Counted:
    """Count who is told how; of a long list what the gate says to e-mail, and the rest as one."""
    total = readers.count()
    if total > SEEN_AT_ONCE:
        return _by_mail_alone(readers, total, at)
    found = Counted(total=total)
    for stretch in ways_of(readers, at):
        for way in stretch:
            _count(found, way)
    return found


def _count(found: Counted, way: Way) -> None:
    if way.by_mail and not way.code:
        found.now += 1
    elif way.by_mail:
        found.later[way.code] += 1
    elif way.by == By.CALL:
        found.calls += 1
    elif way.by == By.LETTER:
        found.letters += 1
    else:
        found.nobody[way.code or "no_address"] += 1


def _by_mail_alone(readers: CustomerQuerySet, total: int, at: datetime) -> Counted:

    written = readers.exclude(wish__channel__in=BY_PERSON).order_by().values("pk")
    said = counts_by_verdict("email", Purpose.INFORM, at, written)
    later = Counter({code: n for code, n in said.items() if code and code not in NO})
    found = Counted(total=total, now=said.get("", 0), later=later)
    found.unsorted = total - found.by_mail
    return found
