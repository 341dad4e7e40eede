from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Q, Subquery


def seal_soft_bounces(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Those of the last thirty days still count."""
    event = apps.get_model("messaging", "ProviderEvent")
    message = apps.get_model("messaging", "Message")
    seals = message.objects.filter(pk=OuterRef("message")).values("seal")
    event.objects.filter(kind="soft_bounce").exclude(message=None).update(seal=Subquery(seals))


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0003_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="providerevent",
            name="look_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="providerevent",
            name="seal",
            field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="providerevent",
            index=models.Index(
                condition=~Q(seal=""),
                fields=["seal", "happened_at"],
                name="event_seals",
            ),
        ),
        migrations.RenameIndex(
            model_name="providerevent",
            old_name="messaging_event_unhandled",
            new_name="messaging_unhandled",
        ),
        migrations.RunPython(seal_soft_bounces, migrations.RunPython.noop),
    ]
