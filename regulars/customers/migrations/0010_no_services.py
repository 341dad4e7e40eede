from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_services_as_relations")]

    operations = [migrations.DeleteModel(name="Service")]
