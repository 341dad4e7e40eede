from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0014_sales_regions"),
    ]

    operations = [
        migrations.AddField(
            model_name="stagedorder",
            name="sold_in",
            field=models.CharField(db_default="", default="", max_length=80),
        ),
    ]
