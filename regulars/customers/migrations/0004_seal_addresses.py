from django.db import migrations

from regulars.customers.naming import seal_of

BATCH = 2000


def seal(apps, _editor):
    """Give every e-mail address and number that is known already its seal."""
    ContactPoint = apps.get_model("customers", "ContactPoint")
    unsealed = ContactPoint.objects.filter(kind__in=["email", "phone"], seal="").order_by("pk")
    while batch := list(unsealed.only("kind", "normal")[:BATCH]):
        for point in batch:
            point.seal = seal_of(point.kind, point.normal)
        ContactPoint.objects.bulk_update(batch, ["seal"])


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_carrying_messages")]

    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
