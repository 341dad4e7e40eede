from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_room_in_staging"), ("insight", "0006_kept_figures")]

    operations = [
        migrations.CreateModel(
            name="Recount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("customer_id", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="refresh", name="basis", field=models.JSONField(default=dict)
        ),
        migrations.AddField(
            model_name="refresh", name="full_on", field=models.DateField(null=True)
        ),
        migrations.AddField(
            model_name="refresh", name="recounted_count", field=models.BigIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="refresh",
            name="way",
            field=models.CharField(
                choices=[
                    ("full", "Everyone"),
                    ("changed", "Those whose orders changed"),
                    ("day", "Those whose day had come"),
                ],
                default="full",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="customerfacts",
            index=models.Index(fields=["next_change_on"], name="facts_by_next_change"),
        ),
    ]
