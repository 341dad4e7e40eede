"""The gate reads from one word about what customers want to hear."""

from django.db import migrations, models

BATCH = 1000


def fill(apps, schema_editor):
    Wish = apps.get_model("consent", "Wish")
    some = []
    for wish in Wish.objects.exclude(topics=[]).only("customer_id", "topics").iterator(BATCH):
        wish.only_for = f",{','.join(sorted(set(wish.topics)))},"
        some.append(wish)
        if len(some) == BATCH:
            Wish.objects.bulk_update(some, ["only_for"])
            some = []
    Wish.objects.bulk_update(some, ["only_for"])


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_events_are_kept")]

    operations = [
        migrations.AddField(
            model_name="wish",
            name="only_for",
            field=models.CharField(blank=True, db_default="", max_length=80),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
