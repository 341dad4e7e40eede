from django.apps import AppConfig


class HelpingConfig(AppConfig):
    name = "regulars.helping"
    default_auto_field = "django.db.models.BigAutoField"
