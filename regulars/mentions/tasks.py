"""Looking at what files brought: bad ones of customers become cases."""

from datetime import datetime
from typing import Any

from django.db import transaction

from regulars.core.jobs import RunningJob, job
from regulars.mentions.actions.hearing import read_mention
from regulars.mentions.models import Mention

JOB = "mentions.read"
# In one short transaction: others who write are let in between.
TOGETHER = 20


# Somebody who is unhappy in public hears from us today.
@job(JOB, is_urgent=True)
def read_unread(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Each is looked at and let go in one transaction; safe to run again."""
    read = 0
    # Of whom nobody knows whose they are, there is nothing to do but to let them wait.
    Mention.objects.filter(is_unread=True, customer=None).update(is_unread=False)
    while True:
        with transaction.atomic():
            rows = list(Mention.objects.filter(is_unread=True).order_by("pk")[:TOGETHER])
            for one in rows:
                read_mention(one, at=at)
        if not rows:
            return {"read": read}
        read += len(rows)
        running.progress(read, step="read")
