from django.apps import AppConfig


class MentionsConfig(AppConfig):
    name = "regulars.mentions"
    default_auto_field = "django.db.models.BigAutoField"
