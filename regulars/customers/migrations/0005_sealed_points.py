from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_seal_addresses")]

    operations = [
        migrations.AddConstraint(
            model_name="contactpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["email", "phone"]), _negated=True),
                    models.Q(("seal", ""), _negated=True),
                    _connector="OR",
                ),
                name="customers_point_sealed",
            ),
        ),
    ]
