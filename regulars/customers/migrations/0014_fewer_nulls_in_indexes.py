"""Indexes of links that few customers have, without those who have none.

The fields are altered in the state alone: SQLite would make the whole table anew for it, and lose
the triggers that keep the index of search.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

PLAIN = {
    "customers_customer_household_id_cd20f899": "household_id",
    "customers_customer_merged_into_id_2994ddb6": "merged_into_id",
}


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_changing_many")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'DROP INDEX IF EXISTS "{name}"',
                    f'CREATE INDEX "{name}" ON "customers_customer" ("{column}")',
                )
                for name, column in PLAIN.items()
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="customer",
                    name="household",
                    field=models.ForeignKey(
                        blank=True, db_index=False, null=True,
                        on_delete=django.db.models.deletion.SET_NULL, related_name="members",
                        to="customers.household",
                    ),
                ),
                migrations.AlterField(
                    model_name="customer",
                    name="merged_into",
                    field=models.ForeignKey(
                        blank=True, db_index=False, null=True,
                        on_delete=django.db.models.deletion.SET_NULL, related_name="merged_from",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["household"], name="customers_by_household",
                condition=Q(household__isnull=False),
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["merged_into"], name="customers_merged_into",
                condition=Q(merged_into__isnull=False),
            ),
        ),
    ]  # fmt: skip
