from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0009_by_their_clock"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailserver",
            name="text_gateway",
            field=models.CharField(blank=True, default="", max_length=190),
            preserve_default=False,
        ),
    ]
