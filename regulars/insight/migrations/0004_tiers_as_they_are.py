"""What was counted before changes were written down is where the writing begins."""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import TruncDate


def begin(apps: Any, _schema: Any) -> None:
    apps.get_model("insight", "CustomerFacts").objects.update(known_tier=models.F("tier"))
    apps.get_model("insight", "TierOverride").objects.update(since_on=TruncDate("set_at"))


class Migration(migrations.Migration):
    dependencies = [("insight", "0003_tiers_change")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
