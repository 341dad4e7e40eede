from django.db import migrations, models


class Migration(migrations.Migration):
    """Letters that are in the post are counted by an index of them alone."""

    dependencies = [("offers", "0006_letters")]

    operations = [
        migrations.AddIndex(
            "chosen",
            models.Index(
                fields=["wave", "-posted_at"],
                name="offers_chosen_posted",
                condition=models.Q(posted_at__isnull=False),
            ),
        ),
    ]
