from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.actor import OWNER
from regulars.core.jobs import RunningJob, job
from regulars.messaging.actions.events import HEAR_JOB, handle_provider_events
from regulars.messaging.actions.mailings import EXPAND_JOB
from regulars.messaging.actions.rules import RECOUNT_JOB
from regulars.messaging.actions.server import ALERT_JOB
from regulars.messaging.actions.waiting import (
    TAKE_BACK_JOB,
    WAKE_JOB,
    leave_waking,
    take_back,
    wake,
)  # fmt: skip
from regulars.messaging.choices import Result
from regulars.messaging.counting import recount_everybody
from regulars.messaging.expanding import expand
from regulars.messaging.models import Mailing
from regulars.messaging.queries import the_server
from regulars.messaging.staff_mail import send_to_staff
from regulars.team.models import Member

# What the rules of the house can make wait.
RULED = ("capped", "balance", "quiet")


@job(EXPAND_JOB)
def write_messages(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Write the messages of one mailing; begun again, it goes on where it was."""
    mailing = Mailing.objects.select_related("version").get(pk=running.arguments["mailing_id"])
    return {"messages": expand(mailing, at=at, running=running)}


@job(HEAR_JOB)
def handle_events(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Take up what providers have told us; an event is handled once, however often this runs."""
    return {"handled": handle_provider_events(at)}


@job(ALERT_JOB)
def say_paused(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Tell the owners by mail that nothing leaves, as far as the mail server still takes that."""
    server = the_server()
    if not server.paused_why:
        return {"told": 0}
    owners = Member.objects.filter(role=OWNER, is_active=True)
    told = send_to_staff(
        owners, server, at=at, subject=_("Nothing leaves: the mail server said no"),
        text=_(
            "The mail server said no to everything, so nothing more is sent until somebody has"
            " looked. It said:\n\n%(words)s\n\nLook at Settings, Mail, in Regulars.\n"
        )
        % {"words": server.paused_why},
    )  # fmt: skip
    return {"told": sum(outcome.result is Result.ACCEPTED for outcome in told)}


@job(RECOUNT_JOB)
def recount(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Work out anew where everybody stands, after the rules of the house changed."""
    count = recount_everybody(at, heard=running.progress)
    leave_waking(RULED, at=at)
    return {"customers": count}


@job(TAKE_BACK_JOB, is_urgent=True)
def take_back_what_waits(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Take back what waits in mailings that were stopped for good."""
    return {"messages": take_back(at=at, heard=running.progress)}


@job(WAKE_JOB, is_urgent=True)
def ask_again(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Ask the gate again about what is held for a reason that may have gone."""
    return {"messages": wake(running.arguments["why"], at=at, heard=running.progress)}
