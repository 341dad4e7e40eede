from django.db import migrations
from django.utils import timezone


def carry_over(apps, _editor):
    """Whom a department serves stands among the relations from now on."""
    Service = apps.get_model("customers", "Service")
    Relation = apps.get_model("customers", "Relation")
    now = timezone.now()
    Relation.objects.bulk_create(
        (
            Relation(
                kind="serves", of_id=service.department_id, to_id=service.customer_id,
                source="desk", created_at=now,
            )
            for service in Service.objects.order_by("pk").iterator()
        ),
        batch_size=2000,
    )  # fmt: skip


def carry_back(apps, _editor):
    Service = apps.get_model("customers", "Service")
    Relation = apps.get_model("customers", "Relation")
    serving = Relation.objects.filter(kind="serves", until_on=None)
    Service.objects.bulk_create(
        (
            Service(department_id=relation.of_id, customer_id=relation.to_id)
            for relation in serving.order_by("pk").iterator()
        ),
        batch_size=2000,
        ignore_conflicts=True,
    )
    serving.delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_kinds_and_relations")]

    operations = [migrations.RunPython(carry_over, carry_back)]
