"""The gate's rules in plain Python, and made-up worlds to judge by them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from regulars.consent.choices import Channel, Decision, Ground, Purpose, Stopped
from regulars.consent.grounds import rule_for
from regulars.messaging.choices import Holds
from regulars.messaging.gate import Verdict

AT = datetime(2026, 11, 24, 9, 0, 0, 500, tzinfo=UTC)
# Where the ground of being a customer runs out after some months, counted from that day.
COUNTRY = "CA"
LATELY = {18: date(2025, 5, 24), 24: date(2024, 11, 24), None: date.min}
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
GRAVITY = ("erased", "legal", "complained", "bounced", "full", "staff")
ZONES = ("", "Europe/London", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe")


@dataclass(frozen=True)
class World:
    """What is the same for everybody."""

    channel: str
    purpose: str
    ground: str
    is_held: bool
    is_stopped: bool
    has_url: bool
    zone: str
    caps: tuple[int | None, int | None, int | None]
    per_sell: int
    quiet: tuple[time, time]
    holds: Sequence[tuple[str, datetime | None]]
    # The same for those who come after so many: nobody has looked at them yet.
    beyond: Sequence[tuple[str, datetime | None, int]]


@dataclass(frozen=True)
class Person:
    """What is known of one customer, and when a message to them runs out."""

    is_archived: bool
    has_address: bool
    stops: Sequence[tuple[str, datetime | None, bool]]
    for_all: str | None
    for_this: str | None
    zone: str
    every_days: int | None
    paused_until: datetime | None
    only_for: Sequence[str]
    bought_on: date | None
    holds: Sequence[tuple[str, datetime | None, bool]]
    last_at: datetime | None
    free_from: tuple[datetime | None, datetime | None, datetime | None]
    balance: int
    # No more often than so by our own cadence.
    rarest_days: int | None
    expires_at: datetime
    # Whether what is written to them says a link to a page of ours.
    has_links: bool


def verdict_of(world: World, one: Person, place: int, *, is_message: bool) -> Verdict:
    """The first rule that says anything, in the order of precedence."""
    return next(_rules(world, one, place, is_message=is_message), Verdict())


def _rules(world: World, one: Person, place: int, *, is_message: bool) -> Iterator[Verdict]:
    is_service = world.ground in {"contract", "legal_duty"}
    first = {"instance": world.is_held, "stopped": world.is_stopped, "archived": one.is_archived}
    yield from (Verdict(code) for code, is_so in first.items() if is_so)
    if world.channel in {"email", "text"}:
        yield from _address(one)
    if not is_service:
        yield from _consent(world, one)
    if is_message and one.expires_at <= AT:
        yield Verdict("expired")
    if not is_service and one.paused_until and one.paused_until > AT:
        yield Verdict("paused", one.paused_until)
    yield from _held(world, one, place, is_service=is_service)
    if not is_service:
        yield from _counted(world, one)
        yield from _quiet(world, one)
    if is_message and one.has_links and world.channel == "email" and not world.has_url:
        yield Verdict("no_public_url")


def _address(one: Person) -> Iterator[Verdict]:
    if not one.has_address:
        yield Verdict("no_address")
    standing = {why for why, until, lifted in one.stops if not lifted and _stands(until)}
    yield from (Verdict(why) for why in GRAVITY if why in standing)


def _stands(until: datetime | None) -> bool:
    return until is None or until > AT


def _consent(world: World, one: Person) -> Iterator[Verdict]:
    told = one.for_this if one.for_this in ("granted", "withdrawn") else one.for_all
    if told == "withdrawn":
        yield Verdict("refused")
    if one.only_for and world.purpose not in one.only_for:
        yield Verdict("topics")
    agreed = told == "granted"
    months = rule_for(world.channel, world.purpose, COUNTRY).months
    may = {
        "interest": True,
        "consent": agreed,
        "customer": agreed or (one.bought_on is not None and one.bought_on >= LATELY[months]),
        "unknown": False,
    }
    if not may[world.ground]:
        yield Verdict("no_ground")


def _held(world: World, one: Person, place: int, *, is_service: bool) -> Iterator[Verdict]:
    stopping = {"all"} if is_service else {"all", "offered"}
    if not is_service and world.purpose == "sell":
        stopping.add("selling")
    ends = [until for what, until in world.holds if what in stopping and _stands(until)]
    ends += [
        until
        for what, until, lifted in one.holds
        if what in stopping and not lifted and _stands(until)
    ]
    # Nobody knows when somebody will have looked at them: it says nothing of the end.
    is_beyond = any(
        what in stopping and _stands(until) and place > first for what, until, first in world.beyond
    )
    if ends or is_beyond:
        known = [end for end in ends if end]
        yield Verdict("held", None if None in ends else max(known, default=None))


def _counted(world: World, one: Person) -> Iterator[Verdict]:
    own = {"email": 1, "text": 2}.get(world.channel)
    caps = [(world.caps[n], one.free_from[n]) for n in (0, own) if n is not None]
    waits = [free for cap, free in caps if cap and free and free > AT]
    if 0 in [cap for cap, _free in caps]:
        yield Verdict("capped")
    elif waits:
        yield Verdict("capped", max(waits))
    if one.every_days and one.last_at and (rested := one.last_at + one.every_days * DAY) > AT:
        yield Verdict("too_soon", rested)
    if one.rarest_days and one.last_at and (apart := one.last_at + one.rarest_days * DAY) > AT:
        yield Verdict("rarely", apart)
    if world.purpose == "sell" and one.balance < world.per_sell:
        yield Verdict("balance")


def _quiet(world: World, one: Person) -> Iterator[Verdict]:
    """Minute by minute by the clock on their wall."""
    zone, (begins, ends) = ZoneInfo(one.zone or world.zone), world.quiet

    def is_quiet(at: datetime) -> bool:
        now = at.astimezone(zone).time()
        return begins <= now < ends if begins <= ends else now >= begins or now < ends

    if is_quiet(AT):
        minute = AT.replace(second=0, microsecond=0)
        while is_quiet(minute):
            minute += timedelta(minutes=1)
        yield Verdict("quiet", minute)


# Made-up worlds

moments = st.sampled_from([AT - DAY, AT - TICK, AT, AT + TICK, AT + DAY, AT + 7 * DAY])
maybe = st.none() | moments
decisions = st.none() | st.sampled_from(Decision.values)

worlds = st.builds(
    World,
    channel=st.sampled_from([Channel.EMAIL, Channel.EMAIL, Channel.TEXT, Channel.CALL]),
    purpose=st.sampled_from([Purpose.SELL, *Purpose.values]),
    ground=st.sampled_from([Ground.INTEREST, Ground.CONSENT, *Ground.values]),
    is_held=st.sampled_from([False] * 9 + [True]),
    is_stopped=st.sampled_from([False] * 9 + [True]),
    has_url=st.sampled_from([True, True, True, False]),
    zone=st.sampled_from(ZONES[1:]),
    caps=st.tuples(*[st.sampled_from([None, None, 0, 2, 3])] * 3),
    per_sell=st.sampled_from([0, 0, 1, 3]),
    quiet=st.sampled_from(
        [(time(20), time(8)), (time(0), time(6)), (time(8), time(17, 30)), (time(3), time(3))]
    ),
    holds=st.lists(st.tuples(st.sampled_from(Holds.values), maybe), max_size=1),
    beyond=st.lists(st.tuples(st.sampled_from(Holds.values), maybe, st.integers(0, 3)), max_size=2),
)
people = st.builds(
    Person,
    is_archived=st.sampled_from([False] * 9 + [True]),
    has_address=st.sampled_from([True] * 9 + [False]),
    stops=st.lists(
        st.tuples(st.sampled_from(Stopped.values), maybe, st.booleans()),
        max_size=2, unique_by=lambda stop: stop[0],
    ),
    for_all=decisions,
    for_this=decisions,
    zone=st.sampled_from(ZONES),
    every_days=st.sampled_from([None, None, 1, 7, 30]),
    paused_until=st.sampled_from([None, None, None, AT, AT + TICK]),
    only_for=st.sampled_from(
        [(), (), ("inform", "sell", "thank"), ("ask",), tuple(Purpose.values)]
    ),
    bought_on=st.sampled_from(
        [None, date(2025, 5, 23), date(2025, 5, 24), date(2024, 11, 23), date(2024, 11, 24)]
    ),
    holds=st.lists(
        st.tuples(st.sampled_from(Holds.values), maybe, st.booleans()), max_size=2
    ),
    last_at=st.none() | st.sampled_from([AT - 7 * DAY, AT - 7 * DAY + TICK, AT - DAY]),
    free_from=st.tuples(*[st.sampled_from([None, None, AT, AT + TICK, AT + DAY])] * 3),
    balance=st.integers(-1, 4),
    rarest_days=st.sampled_from([None, None, 1, 7, 30]),
    expires_at=st.sampled_from([AT, AT + TICK, AT + DAY, AT + DAY]),
    has_links=st.booleans(),
)  # fmt: skip
