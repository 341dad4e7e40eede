"""The database itself refuses what is used early, too often or from nothing."""

from django.db import migrations

from regulars.offers.holding import put_up, take_down


class Migration(migrations.Migration):
    dependencies = [("offers", "0001_initial")]

    operations = [migrations.RunPython(put_up, take_down)]
