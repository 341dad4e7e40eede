from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("conversations", "0003_words_of_touches")]
    operations = [
        migrations.AddField(
            model_name="clock", name="last_personal_at", field=models.DateTimeField(null=True)
        ),
    ]
