import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("offers", "0004_from_files"),
    ]

    operations = [
        migrations.CreateModel(
            "OfflineUse",
            [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("slip", models.CharField(max_length=80, unique=True)),
                ("sentence", models.CharField(blank=True, max_length=500)),
                ("remedy", models.CharField(blank=True, max_length=500)),
                ("receipt", models.CharField(blank=True, max_length=200)),
                ("listed_at", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("other_read_at", models.DateTimeField(null=True)),
                (
                    "code",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+", to="offers.code",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+", to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE,
                        related_name="+", to="offers.offer",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+", to="offers.redemption",
                    ),
                ),
                (
                    "redemption",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+", to="offers.redemption",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(redemption=None, read_at=None), fields=["member", "id"],
                        name="offers_refused_to_tell",
                    ),
                    models.Index(
                        condition=Q(redemption=None, other_read_at=None), fields=["other", "id"],
                        name="offers_other_to_tell",
                    ),
                ],
            },
        ),
    ]  # fmt: skip
