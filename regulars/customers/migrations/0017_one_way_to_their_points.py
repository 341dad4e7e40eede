"""The ways to reach a customer are found by the index that keeps each of them once: it begins with
the customer. A second one by the customer alone was kept up for nothing.

The field is altered in the state alone: SQLite would make the whole table anew for it.
"""

import django.db.models.deletion
from django.db import migrations, models

PLAIN = "customers_contactpoint_customer_id_c5e90863"


class Migration(migrations.Migration):
    dependencies = [("customers", "0016_leading_rows")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'DROP INDEX IF EXISTS "{PLAIN}"',
                    f'CREATE INDEX "{PLAIN}" ON "customers_contactpoint" ("customer_id")',
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="contactpoint",
                    name="customer",
                    field=models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_points", to="customers.customer",
                    ),
                ),
            ],
        ),
    ]  # fmt: skip
