"""Background work found in a table: claimed with a lease and an epoch, watched by its progress."""

import contextlib
import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F

from regulars.core import clock
from regulars.core.errors import Refusal
from regulars.core.models import Job, JobQuerySet

log = logging.getLogger("regulars.jobs")

LEASE = timedelta(seconds=60)
MOST_TRIES = 3


class LeaseLost(RuntimeError):
    """Another worker has taken this job over; this one must stop without writing."""


@dataclass
class RunningJob:
    """What a handler sees of its job: the arguments, and a way to say how far it is."""

    id: int
    name: str
    arguments: dict[str, Any]
    epoch: int
    result: dict[str, Any] = field(default_factory=dict)

    def progress(self, done: int, total: int | None = None, *, step: str = "") -> None:
        """Say how far the work is, and keep the lease. Raises `LeaseLost` when taken over."""
        values: dict[str, Any] = {"done_count": done, "lease_until": clock.now() + LEASE}
        if total is not None:
            values["total_count"] = total
        if step:
            values["step"] = step
        self.write(**values)

    def write(self, **values: Any) -> None:
        """Change the job's row, if it is still ours."""
        held = Job.objects.filter(pk=self.id, lease_epoch=self.epoch, state=Job.State.RUNNING)
        if held.update(**values) != 1:
            raise LeaseLost(f"job {self.id} is no longer ours")


Handler = Callable[[RunningJob, datetime], dict[str, Any] | None]
_handlers: dict[str, Handler] = {}


# What must not wait until a whole list is counted: it is taken before all else that is due.
_urgent: set[str] = set()


def job(name: str, *, is_urgent: bool = False) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job: `handler(job, at)`, safe to run twice."""

    def register(handler: Handler) -> Handler:
        if name in _handlers:
            raise ValueError(f"two jobs are called {name}")
        _handlers[name] = handler
        if is_urgent:
            _urgent.add(name)
        return handler

    return register


def enqueue(name: str, *, at: datetime, unique_key: str | None = None, **arguments: Any) -> Job:
    """Leave work to be done. With a `unique_key`, only the first of that key is kept."""
    if name not in _handlers:
        raise ValueError(f"no job is called {name}")
    values = {"name": name, "arguments": arguments, "due_at": at, "created_at": at}
    if unique_key is None:
        return Job.objects.create(**values)
    return Job.objects.get_or_create(unique_key=unique_key, defaults=values)[0]


def known_keys(keys: Collection[str]) -> set[str]:
    """Which of these keys a job has already, whatever became of it."""
    found = Job.objects.filter(unique_key__in=keys).values_list("unique_key", flat=True)
    return {key for key in found if key}


def under_way(name: str, **arguments: Any) -> JobQuerySet:
    """Work of this name with just these arguments that has not ended."""
    states = (Job.State.WAITING, Job.State.RUNNING)
    return Job.objects.filter(name=name, arguments=arguments, state__in=states)


def call_off(name: str, *, at: datetime, **arguments: Any) -> int:
    """Have such work left undone; one that runs may look for itself whether it is still wanted."""
    return under_way(name, **arguments).update(
        state=Job.State.DONE, ended_at=at, lease_until=None, result={"called_off": True}
    )


def claim(owner: str, *, at: datetime) -> RunningJob | None:
    """Take the next due job, so that nobody else does."""
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        due = Job.objects.claimable_at(at).select_for_update(skip_locked=skip)
        row = due.filter(name__in=_urgent).first() or due.first()
        if row is None:
            return None
        row.state, row.lease_owner, row.lease_until = Job.State.RUNNING, owner, at + LEASE
        row.lease_epoch, row.tries = row.lease_epoch + 1, row.tries + 1
        row.started_at = row.started_at or at
        row.save()
    return RunningJob(row.pk, row.name, row.arguments, row.lease_epoch)


def run(running: RunningJob, *, at: datetime) -> Job:
    """Do one claimed job to its end; a refusal is an answer, an error is tried again."""
    with _Heartbeat(running):
        try:
            _done(running, at)
        except LeaseLost:
            log.warning("job %s was taken over by another worker, or called off", running.id)
    return Job.objects.get(pk=running.id)


def _done(running: RunningJob, at: datetime) -> None:
    try:
        running.result = _handlers[running.name](running, at) or {}
    except LeaseLost:
        raise
    except Refusal as no:
        _end(running, Job.State.REFUSED, sentence=no.sentence, remedy=no.remedy)
    except Exception as error:
        log.exception("job %s (%s) failed", running.id, running.name)
        _retry_or_fail(running, error)
    else:
        _end(running, Job.State.DONE, result=running.result)


def run_now(name: str, *, at: datetime, **arguments: Any) -> Job:
    """Leave a job and do it at once in this process: for the command line and for tests."""
    row = enqueue(name, at=at, **arguments)
    Job.objects.filter(pk=row.pk).update(
        state=Job.State.RUNNING,
        lease_owner="here",
        lease_epoch=F("lease_epoch") + 1,
        lease_until=at + LEASE,
        started_at=at,
        tries=MOST_TRIES,
    )
    return run(RunningJob(row.pk, name, arguments, row.lease_epoch + 1), at=at)


def _retry_or_fail(running: RunningJob, error: Exception) -> None:
    tries = Job.objects.values_list("tries", flat=True).get(pk=running.id)
    if tries >= MOST_TRIES:
        _end(running, Job.State.FAILED, sentence=f"{type(error).__name__}: {error}"[:500])
        return
    wait = timedelta(seconds=10 * 3**tries)
    running.write(state=Job.State.WAITING, due_at=clock.now() + wait, lease_until=None)


def _end(running: RunningJob, state: str, **values: Any) -> None:
    running.write(state=state, ended_at=clock.now(), lease_until=None, **values)


class _Heartbeat:
    """Renews the lease while a handler is busy in one long call, such as a query on an engine."""

    def __init__(self, running: RunningJob) -> None:
        self._running = running
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def _beat(self) -> None:
        try:
            while not self._stop.wait(LEASE.total_seconds() / 3):
                # Somebody else may hold SQLite's only pen for long: the lease outlasts two beats.
                with contextlib.suppress(OperationalError):
                    Job.objects.filter(
                        pk=self._running.id,
                        lease_epoch=self._running.epoch,
                        state=Job.State.RUNNING,
                    ).update(lease_until=clock.now() + LEASE)
        finally:
            connection.close()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
