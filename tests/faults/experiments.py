"""What is tried on a stage: kills at a point, kills at random, many at once, and worse."""

import json
import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connections

from regulars.consent.actions import record_decision
from regulars.consent.choices import Channel, Decision
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.messaging.actions.events import handle_provider_events, keep_event
from regulars.messaging.actions.switch import stop_sending
from regulars.messaging.channels.hearing import Signed
from regulars.messaging.models import Mailing, Message, Switch
from tests.faults.crew import LEASE, Hand, Orders, hire, settle, write_down
from tests.faults.crisis import in_a_crisis
from tests.faults.fake_channel import fake_channel
from tests.faults.power import Server
from tests.faults.stage import Found, ProviderProcess, Stage, wait_until

# Messages that wait while senders are killed at random: as many as leave in a few seconds.
CROWD = {1: 90, 16: 400, 64: 1200}
BETWEEN_KILLS = (0.05, 0.25)


def at_point(
    stage: Stage, *, kind: str, window: int, fault: str, prior: str = ""
) -> dict[str, Any]:
    """One sender comes to grief at a point; another does what is left.

    Before that, another one may have come to grief at a point of its own (`prior`).
    """
    count = 2 * window + 3
    provider = stage.begin(kind, customers=count, window=window)
    stage.mail(count)
    if prior:
        hire(Orders(window=window, fault=prior)).tripped()
        stage.let_leases_run_out()
    first = hire(Orders(window=window, fault=fault))
    tripped = first.tripped()
    is_stopped = fault.endswith(":stop")
    settled = False
    if tripped and is_stopped:
        settled = _with_a_stopped_one(stage, first, kind, window)
    elif tripped:
        stage.let_leases_run_out()
        settled = settle(lambda: stage.is_settled(kind), Orders(window=window))
    else:
        first.kill()
    found = stage.found(provider, kills=1, lease=LEASE)
    found.more = {"tripped": tripped, "settled": settled}
    return found.as_dict()


def _with_a_stopped_one(stage: Stage, first: Hand, kind: str, window: int) -> bool:
    """The stopped one sleeps past its lease, then goes on as if nothing had happened."""
    second = hire(Orders(window=window))
    time.sleep(LEASE * 1.3)
    # Inside a transaction of SQLite nobody else may write before it goes on.
    wait_until(lambda: stage.is_settled(kind), LEASE)
    first.go_on()
    wait_until(lambda: stage.is_settled(kind), 20)
    # What it held back it gives back as it ends; the other one takes that up.
    first.finish()
    settled = wait_until(lambda: stage.is_settled(kind), 20)
    second.finish()
    return settled and stage.is_settled(kind)


def expanding(stage: Stage, *, fault: str, customers: int = 500) -> dict[str, Any]:
    """A mailing's messages are being written when the process dies; then they are written again."""
    provider = stage.begin("blind", customers=customers, window=16)
    mailing = stage.mail(customers, expands=False)
    tripped = write_down(mailing, fault).tripped()
    written = Message.objects.count()
    write_down(mailing, "").ended()
    settled = settle(lambda: stage.is_settled("blind"), Orders(window=16))
    found = stage.found(provider, kills=1)
    found.more = {"tripped": tripped, "settled": settled, "written": written}
    return found.as_dict()


def in_a_gap(
    stage: Stage, *, kind: str, window: int, point: str, deed: str, delay: float = 0.0
) -> dict[str, Any]:
    """A sender pauses for a moment at a point; somebody does something; it goes on.

    The provider takes `delay` seconds for each message.
    """
    count = 3 * window
    provider = stage.begin(kind, customers=count, window=window)
    behave(delay)
    stage.mail(count)
    sender = hire(Orders(window=window, fault=f"{point}:1:stop", lease=30.0))
    tripped = sender.tripped()
    before = len(provider.delivered())
    DEEDS[deed](provider)
    sender.go_on()
    time.sleep(1.0)
    in_time = len(provider.delivered())
    time.sleep(max(0.3, 2 * delay))
    behave(0.0)
    sender.finish()
    found = stage.found(provider)
    after = found.delivered
    found.more = {"tripped": tripped, "before": before, "in_time": in_time, "after": after}
    return found.as_dict()


def behave(delay: float) -> None:
    channel = fake_channel()
    channel.behave(delay=delay)
    channel.close()


def _unsubscribe(_provider: ProviderProcess) -> None:
    ids = list(Customer.objects.values_list("pk", flat=True))
    record_decision(
        ids, Channel.EMAIL, Decision.WITHDRAWN, source="desk", by=SYSTEM, at=clock.now()
    )


def _stop(_provider: ProviderProcess) -> None:
    stop_sending(why="A wrong text", by=SYSTEM, at=clock.now())


def _tell(provider: ProviderProcess) -> None:
    """The provider says that the first one has arrived, before the sender has noted its answer."""
    at, first = clock.now(), provider.entries()[0]
    event = {
        "type": "delivered", "message_id": first["message_id"], "key": first["key"],
        "id": first["id"], "to": first["to"], "at": at.isoformat(),
    }  # fmt: skip
    keep_event("fake", Signed(f"e-{first['id']}", at), json.dumps(event).encode(), at=at)
    assert handle_provider_events(at) == 1


DEEDS: dict[str, Callable[[ProviderProcess], None]] = {
    "unsubscribe": _unsubscribe, "stop": _stop, "tell": _tell
}  # fmt: skip


def at_random(
    stage: Stage, *, kind: str, window: int, kills: int, senders: int = 2, seed: int = 1,
    naive: bool = False, at_most: float = 1700.0,
) -> dict[str, Any]:  # fmt: skip
    """Kill senders at random moments while mailings go out, then let the rest be done."""
    chance, began = random.Random(seed), time.monotonic()
    crowd = CROWD.get(window, max(CROWD.values()))
    provider = stage.begin(kind, customers=crowd, window=window)
    stage.mail(crowd)
    orders = Orders(window=window, naive=naive)
    crew = [hire(orders) for _one in range(senders)]
    killed = mid_way = 0
    while killed < kills and time.monotonic() - began < at_most:
        time.sleep(chance.uniform(*BETWEEN_KILLS))
        if stage.waiting() < crowd // 3:
            stage.mail(crowd)
        nth = chance.randrange(senders)
        killed += crew[nth].kill()
        mid_way += stage.is_holding(crew[nth].pid)
        crew[nth] = hire(orders)
    settled = wait_until(lambda: stage.is_settled(kind), 60, every=0.1)
    for hand in crew:
        hand.finish()
    found = stage.found(provider, kills=killed, lease=LEASE)
    seconds = round(time.monotonic() - began, 1)
    found.more = {"settled": settled, "mid_way": mid_way, "seconds": seconds}
    return found.as_dict()


def all_at_once(
    stage: Stage,
    *,
    kind: str,
    window: int,
    senders: int,
    messages: int,
    ahead: float = 0.0,
    at_most: float = 1700.0,
) -> dict[str, Any]:
    """Many senders on one mailing; half of their clocks may stand ahead."""
    began = time.monotonic()
    provider = stage.begin(kind, customers=messages, window=window)
    stage.mail(messages, hours=240)
    crew = [
        hire(Orders(window=window, ahead=ahead * (nth % 2), lease=30.0)) for nth in range(senders)
    ]
    looked = _until_settled(stage, kind, seconds=at_most)
    for hand in crew:
        hand.finish()
    found = stage.found(provider, lease=30.0)
    found.more = {"settled": stage.is_settled(kind), "seconds": round(time.monotonic() - began, 1)}
    found.more["let_go_on"] = looked
    return found.as_dict()


def _until_settled(stage: Stage, kind: str, seconds: float) -> int:
    """Wait; a mailing that waits for a person is let go on. How often it was."""
    looked, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends and not stage.is_settled(kind):
        looked += Mailing.objects.filter(state="paused").update(state="running", why_paused="")
        time.sleep(0.1)
    return looked


def in_trouble(stage: Stage, *, kind: str, window: int, **trouble: Any) -> dict[str, Any]:
    """A sender whose clock jumps or whose disk is full; then one for whom all is well again."""
    count = 60 + 4 * window
    provider = stage.begin(kind, customers=count, window=window)
    stage.mail(count)
    stage.pack()
    first = hire(Orders(window=window, **trouble))
    code = _code_of(stage, first, kind, is_stuck="disk" in trouble)
    paused = list(Mailing.objects.filter(state="paused").values_list("why_paused", flat=True))
    Mailing.objects.filter(state="paused").update(state="running", why_paused="")
    Switch.objects.filter(pk=1).update(last_awake_at=None)
    before = len(provider.delivered())
    stage.let_leases_run_out()
    settled = settle(lambda: stage.is_settled(kind), Orders(window=window))
    found: Found = stage.found(provider)
    found.more = {"settled": settled, "code": code, "paused": paused, "before": before}
    return found.as_dict()


def _code_of(stage: Stage, sender: Hand, kind: str, *, is_stuck: bool) -> int | None:
    """Wait until the trouble shows, then let the sender end; how it ended."""
    if is_stuck:
        # It goes on trying for as long as it is asked to.
        assert sender.ended(2.0) is None
        return sender.finish()
    wait_until(lambda: stage.is_settled(kind) or stage.has_aged(), 10.0)
    return sender.finish()


def without_a_database(stage: Stage, *, kind: str, window: int, pid: int) -> dict[str, Any]:
    """The server of the database dies in mid-send, as at a crash of its machine, and comes back."""
    count = 30 * window
    provider = stage.begin(kind, customers=count, window=window)
    behave(0.002)
    stage.mail(count)
    # Long enough for a window on a busy machine: its fence stands at half of it.
    crew = [hire(Orders(window=window, lease=6.0)) for _one in range(2)]
    wait_until(lambda: len(provider.delivered()) > count // 4, 60)
    server = Server(pid)
    server.die()
    before = len(provider.delivered())
    connections.close_all()
    server.come_back()
    settled = wait_until(lambda: stage.is_settled(kind), 180)
    for hand in crew:
        hand.finish()
    found = stage.found(provider, lease=6.0)
    found.more = {"settled": settled, "before": before, "pid": server.pid}
    return found.as_dict()


EXPERIMENTS: dict[str, Callable[..., dict[str, Any]]] = {
    one.__name__: one
    for one in (
        at_point,
        expanding,
        in_a_gap,
        at_random,
        all_at_once,
        in_trouble,
        without_a_database,
        in_a_crisis,
    )
}
