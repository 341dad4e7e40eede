from django.db import migrations, models
from django.db.models import Q

from regulars.offers.holding import put_up, take_down


class Migration(migrations.Migration):
    """On SQLite a table that gets a column is made anew, under the triggers that look at it."""

    dependencies = [("offers", "0003_words_and_source")]

    operations = [
        migrations.RunPython(take_down, put_up),
        migrations.AddField("offer", "reference", models.CharField(blank=True, max_length=80)),
        migrations.AddField("offer", "sort", models.CharField(blank=True, max_length=80)),
        migrations.AddConstraint(
            "offer",
            models.UniqueConstraint(
                fields=["source", "reference"], condition=~Q(reference=""), name="offers_known_once"
            ),
        ),
        migrations.CreateModel(
            "StagedUse",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("import_id", models.BigIntegerField()),
                ("row_no", models.BigIntegerField()),
                ("role", models.CharField(max_length=12)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("offer", "An offer that is over"),
                            ("chosen", "Whom it was for"),
                            ("use", "That it was used"),
                        ],
                        max_length=6,
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("number", models.CharField(blank=True, max_length=80)),
                ("name", models.CharField(blank=True, max_length=120)),
                ("sort", models.CharField(blank=True, max_length=80)),
                ("reference", models.CharField(blank=True, max_length=200)),
                ("customer_id", models.BigIntegerField(null=True)),
                ("receipt", models.CharField(blank=True, max_length=200)),
                ("used_at", models.DateTimeField(null=True)),
                ("until_at", models.DateTimeField(null=True)),
                ("opens_at", models.DateTimeField(null=True)),
                ("closes_at", models.DateTimeField(null=True)),
                ("offer_id", models.BigIntegerField(null=True)),
                ("code_id", models.BigIntegerField(null=True)),
                ("is_new", models.BooleanField(default=False)),
                ("field", models.CharField(blank=True, max_length=12)),
                ("why", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["import_id", "what", "key"], name="offers_staged_once"
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["import_id", "what", "number"], name="offers_staged_number"
                    ),
                ],
            },
        ),
        migrations.RunPython(put_up, take_down),
    ]
