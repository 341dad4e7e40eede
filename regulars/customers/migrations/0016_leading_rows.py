"""A row that waits to be brought in and leads says so by following none, instead of itself."""

from typing import Any

from django.db import migrations
from django.db.models import F


def follow_none(apps: Any, _editor: Any) -> None:
    apps.get_model("customers", "StagedCustomer").objects.filter(leader_id=F("id")).update(
        leader_id=None
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0015_staged_once")]
    operations = [migrations.RunPython(follow_none, migrations.RunPython.noop)]
