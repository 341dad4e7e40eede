from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty: SQLite adds it without making the table anew."""

    dependencies = [("offers", "0005_noted_without_a_connection")]

    operations = [
        migrations.AddField("chosen", "posted_at", models.DateTimeField(null=True)),
    ]
