"""The worker: does what is due, once or for as long as it is asked to."""

import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import close_old_connections

from regulars.core import clock, instance, jobs
from regulars.core.ending import Asked
from regulars.core.events import deliver_events

log = logging.getLogger("regulars.worker")

IDLE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Daily:
    """A job for each day of the business, left once that day's hour has come."""

    job: str
    after: time


def leave_daily_work(schedule: Sequence[Daily], *, zone: str, at: datetime) -> None:
    """Leave today's scheduled jobs, once each, whichever worker comes first."""
    here = at.astimezone(ZoneInfo(zone))
    day = here.date().isoformat()
    keys = {f"{one.job}:{day}": one.job for one in schedule if here.time() >= one.after}
    # Asked twice a second all day long: one question, however many they are.
    known = jobs.known_keys(keys)
    for key, name in keys.items():
        if key not in known:
            jobs.enqueue(name, at=at, unique_key=key, day=day)


def tick(schedule: Sequence[Daily], zone: Callable[[], str | None]) -> int:
    """Do everything that is due, once; returns how many things were done."""
    here = zone()
    if here:
        leave_daily_work(schedule, zone=here, at=clock.now())
    owner, done = f"{socket.gethostname()}:{os.getpid()}", 0
    while True:
        moved = deliver_events(at=clock.now())
        claimed = jobs.claim(owner, at=clock.now())
        if claimed is not None:
            jobs.run(claimed, at=clock.now())
            moved += 1
        if not moved:
            return done
        done += moved


def work(schedule: Sequence[Daily], zone: Callable[[], str | None]) -> None:
    """Tick until told to stop by a signal, finishing the job in hand."""
    asked = Asked()
    while not asked:
        try:
            close_old_connections()
            tick(schedule, zone)
            instance.mark()
        except Exception:
            # A worker must outlive a database that is away for a moment.
            log.exception("the worker stumbled and goes on")
            asked.wait(5)
        asked.wait(IDLE_SECONDS)
