from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "regulars.team"
    default_auto_field = "django.db.models.BigAutoField"
