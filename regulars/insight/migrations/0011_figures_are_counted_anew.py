from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Kept figures lack what their pages now show; the next count makes them."""
    apps.get_model("insight", "KeptFigure").objects.exclude(
        name__in=("hindsight", "calibration", "models")
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("insight", "0010_again_and_behind")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]
