from datetime import datetime

import pytest

from regulars.core import audit
from regulars.core.actor import COMMAND
from regulars.core.models import AuditEntry


@pytest.mark.django_db
def test_the_audit_says_who_did_what_when(at: datetime) -> None:
    audit.record("refreshed", "insight.facts", by=COMMAND, at=at, customers=3)

    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.verb, entry.thing, entry.detail, entry.at) == (
        "command", "refreshed", "insight.facts", {"customers": 3}, at,
    )  # fmt: skip
