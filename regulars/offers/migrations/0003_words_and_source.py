from django.db import migrations, models

from regulars.offers.holding import put_up, take_down


class Migration(migrations.Migration):
    """On SQLite a table that gets a column is made anew, under the triggers that look at it."""

    dependencies = [("offers", "0002_held_by_the_database")]

    operations = [
        migrations.RunPython(take_down, put_up),
        migrations.AddField("offer", "shared_words", models.CharField(blank=True, max_length=20)),
        migrations.AddField("offer", "source", models.CharField(default="desk", max_length=20)),
        migrations.RunPython(put_up, take_down),
    ]
