"""Room in the pages of staging, so that PostgreSQL notes beside a row what was found out of it,
instead of writing the row and its places in the indexes anew elsewhere.
"""

from typing import Any

from django.db import migrations

TABLE = "customers_stagedcustomer"


def make_room(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE {TABLE} SET (fillfactor = 50)")


def take_room(_apps: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE {TABLE} RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("customers", "0018_archived_by_day")]
    operations = [migrations.RunPython(make_room, take_room)]
