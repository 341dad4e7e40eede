"""Pages written again, authors reminded, and a missed update said: each at its hour."""

from datetime import datetime
from typing import Any

from regulars.bulletins.actions.minding import note_missed, remind_author
from regulars.bulletins.actions.sending import OWE_JOB, owe_rest
from regulars.bulletins.actions.writing import MISSED_JOB, PAGES_JOB, WARN_JOB
from regulars.bulletins.models import Version
from regulars.bulletins.public_pages import write_all_pages, write_pages
from regulars.core.jobs import RunningJob, job


@job(PAGES_JOB)
def put_out(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Write a bulletin's pages, should the server have died before it did."""
    return {"files": write_pages(int(running.arguments["bulletin_id"]), at=at)}


@job("bulletins.keep_pages")
def keep_pages(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Every page as it should be: after a restore, or with another address or name."""
    return {"files": write_all_pages(at=at)}


@job(OWE_JOB)
def owe(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Note who of a version's readers is to be told by a call or a letter."""
    version = Version.objects.filter(pk=int(running.arguments["version_id"])).first()
    return {"owed": owe_rest(version, at=at, running=running) if version else 0}


@job(WARN_JOB)
def warn(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Remind whoever promised an update that it is due soon."""
    said = running.arguments
    return {"told": remind_author(int(said["bulletin_id"]), int(said["number"]), at=at)}


@job(MISSED_JOB)
def say_missed(running: RunningJob, at: datetime) -> dict[str, Any]:
    """The promised moment has passed: the public page says so itself."""
    said = running.arguments
    return {"missed": note_missed(int(said["bulletin_id"]), int(said["number"]), at=at)}
