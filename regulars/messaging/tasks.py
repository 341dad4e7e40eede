from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.messaging.expanding import expand
from regulars.messaging.models import Mailing


@job("messaging.expand")
def write_messages(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Write the messages of one mailing; begun again, it goes on where it was."""
    mailing = Mailing.objects.select_related("version").get(pk=running.arguments["mailing_id"])
    return {"messages": expand(mailing, at=at, running=running)}
