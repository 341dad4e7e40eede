from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0007_rows_by_key"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="rarest_days",
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]
