"""What nobody sorts by needs no index, and who changes no more needs no place in one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("insight", "0011_figures_are_counted_anew")]

    operations = [
        migrations.RemoveIndex(model_name="customerfacts", name="facts_by_doubtful_day"),
        migrations.RemoveIndex(model_name="customerfacts", name="facts_by_next_change"),
        migrations.AddIndex(
            model_name="customerfacts",
            index=models.Index(
                condition=models.Q(("next_change_on__isnull", False)),
                fields=["next_change_on"],
                name="facts_by_next_change",
            ),
        ),
    ]
