import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0010_texts_by_mail"),
        ("planning", "0014_what_goes_by_itself"),
    ]

    operations = [
        migrations.AddField(
            model_name="automatictext",
            name="words",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="automatictext",
            name="template",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="messaging.template",
            ),
        ),
    ]
