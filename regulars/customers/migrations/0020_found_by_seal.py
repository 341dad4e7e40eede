"""Fewer indexes that no order of a file makes neighbours: a million new customers wrote each of
them anew by the page.

Addresses and numbers are found by their seals; those whom somebody looks after are kept by manager,
and the manager stands in the index by name for those whom nobody does.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_room_in_staging")]

    operations = [
        migrations.RemoveIndex(model_name="contactpoint", name="customers_point_by_normal"),
        migrations.RemoveIndex(model_name="customer", name="customers_by_name"),
        migrations.RemoveIndex(model_name="customer", name="customers_by_manager"),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["sort_name", "id", "manager"], name="customers_by_name",
                condition=models.Q(archived_at=None),
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["manager", "sort_name", "id"], name="customers_by_manager",
                condition=models.Q(archived_at=None, manager__isnull=False),
            ),
        ),
    ]  # fmt: skip
