from django.apps import AppConfig


class NotesConfig(AppConfig):
    name = "regulars.notes"
    default_auto_field = "django.db.models.BigAutoField"
