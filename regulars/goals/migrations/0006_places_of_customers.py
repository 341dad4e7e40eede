from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("goals", "0005_sales_regions"),
    ]

    operations = [
        migrations.AddField(
            model_name="trade",
            name="places",
            field=models.JSONField(null=True),
        ),
    ]
