from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "regulars.desk"
    default_auto_field = "django.db.models.BigAutoField"
