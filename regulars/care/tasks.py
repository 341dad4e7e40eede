"""Starting check-ins, asking those who are due, and seeing what became of it."""

from datetime import datetime
from typing import Any

from regulars.care.actions.asking import ask_due, follow_asked
from regulars.care.actions.check_ins import start_check_ins
from regulars.care.actions.correcting import correct_days
from regulars.care.actions.delays import learn_delays
from regulars.care.actions.listening import hear_silence, read_answers
from regulars.core import jobs
from regulars.core.jobs import RunningJob, job

JOB = "care.check_ins"
LISTEN = "care.listen"
LEARN = "care.learn_delays"


def leave_check_ins(*, at: datetime) -> None:
    """Leave a round for the worker, besides that of the day."""
    jobs.enqueue(JOB, at=at, unique_key=f"{JOB}:{at:%Y%m%d%H%M}")


@job(JOB)
def check_in(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Each delivery starts a check-in; who is due is asked. Every step is safe to run again."""
    followed = follow_asked(at=at) + correct_days(at=at)
    started = start_check_ins(at=at)
    running.progress(started.orders, step="started")
    asked = ask_due(at=at)
    return {
        "started": started.to_ask, "not_asked": started.dropped + asked.dropped,
        "orders": started.orders, "messages": asked.messages, "calls": asked.calls,
        "followed": followed,
    }  # fmt: skip


@job(LEARN)
def learn(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """How long deliveries take, from those of the last year; safe to run again."""
    return {"delays": learn_delays(at=at)}


# Somebody who is unhappy hears from us today: it does not wait until a whole list is counted.
@job(LISTEN, is_urgent=True)
def listen(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Bad answers from files, and the silence of the core, become cases; safe to run again."""
    return {"answers": read_answers(at=at), "silences": hear_silence(at=at)}
