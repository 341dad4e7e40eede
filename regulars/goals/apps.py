from django.apps import AppConfig


class GoalsConfig(AppConfig):
    name = "regulars.goals"
    default_auto_field = "django.db.models.BigAutoField"
