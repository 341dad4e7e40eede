from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0006_holds_of_the_unseen"),
    ]

    operations = [
        migrations.AddField(
            model_name="standing",
            name="rarest_days",
            field=models.PositiveSmallIntegerField(null=True),
        ),
    ]
