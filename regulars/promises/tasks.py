"""The public page of our pledge, kept as it should be."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.promises.pledge import put_out


@job("promises.keep_pledge")
def keep_pledge(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Say how many promises were kept as of today; be there, or gone, as was decided."""
    return {"changed": put_out(at=at)}
