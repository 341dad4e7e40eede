from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exports", "0002_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="export", name="posted_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="export",
            name="posted_for",
            field=models.CharField(
                blank=True,
                choices=[
                    ("serve", "Serve"),
                    ("ask", "Ask"),
                    ("educate", "Educate"),
                    ("reassure", "Reassure"),
                    ("inform", "Inform"),
                    ("recover", "Recover"),
                    ("thank", "Thank"),
                    ("sell", "Sell"),
                ],
                default="",
                max_length=8,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="export",
            name="posted_words",
            field=models.CharField(blank=True, default="", max_length=200),
            preserve_default=False,
        ),
    ]
