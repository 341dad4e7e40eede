from django.db import migrations, models

from regulars.offers.holding import put_up, take_down


class Migration(migrations.Migration):
    """SQLite makes the table of waves anew, which loses what the database holds to."""

    dependencies = [("offers", "0007_posted_letters")]

    operations = [
        migrations.RunPython(take_down, put_up),
        *(
            migrations.AddField("wave", name, models.BooleanField(default=True, db_default=True))
            for name in ("by_call", "by_email", "by_letter")
        ),
        migrations.RunPython(put_up, take_down),
    ]
