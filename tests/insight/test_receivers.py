"""What insight does when it hears of something below it."""

from datetime import datetime

import pytest

from regulars.core.models import Job
from regulars.insight.receivers import count_after_undo
from regulars.intake.events import ImportUndone
from regulars.intake.models import Import

pytestmark = pytest.mark.django_db


def test_after_an_undo_tiers_are_counted_as_before_the_import(at: datetime) -> None:
    done = Import.objects.create(kind="orders", started_at=at)
    told = ImportUndone(done.pk, "orders", 3, 0)

    count_after_undo(told, at)
    count_after_undo(told, at)

    assert Job.objects.get().arguments == {"undone_since": at.isoformat()}
