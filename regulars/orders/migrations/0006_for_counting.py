"""An index that counting reads instead of the orders, in place of the plain one by customer.

The field is altered in the state alone: SQLite would make the whole table anew for it, and lose the
triggers that stand on it.
"""

import django.db.models.deletion
from django.db import migrations, models

PLAIN = "orders_order_customer_id_0b76f6a4"


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_room_in_staging"), ("orders", "0005_numbers")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'DROP INDEX IF EXISTS "{PLAIN}"',
                    f'CREATE INDEX "{PLAIN}" ON "orders_order" ("customer_id")',
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="order",
                    name="customer",
                    field=models.ForeignKey(
                        blank=True, db_index=False, null=True,
                        on_delete=django.db.models.deletion.CASCADE, related_name="orders",
                        to="customers.customer",
                    ),
                )
            ],
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["customer", "placed_on", "kind", "currency", "total_minor"],
                name="orders_for_counting",
            ),
        ),
    ]  # fmt: skip
