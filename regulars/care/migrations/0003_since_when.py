"""Where a business has been at work already, only what arrives from now on is asked after."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations


def begin_now(apps: Any, _schema_editor: Any) -> None:
    business = apps.get_model("team", "Business").objects.filter(pk=1).first()
    if business is not None:
        today = datetime.now(UTC).astimezone(ZoneInfo(business.time_zone)).date()
        apps.get_model("care", "AskingRules").objects.create(pk=1, since_on=today)


class Migration(migrations.Migration):
    dependencies = [("care", "0002_check_ins"), ("team", "0001_initial")]

    operations = [migrations.RunPython(begin_now, migrations.RunPython.noop)]
