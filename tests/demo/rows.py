"""What stands in the tables."""

from django.apps import apps

from regulars.core.models import Image, Operation


def rows_of_rooms() -> dict[str, int]:
    """How many rows each table of a room holds; of what core wrote on the way, what it
    keeps for undoing.
    """
    rooms = [m for m in apps.get_models() if m.__module__.startswith("regulars.")]
    counted = [m for m in rooms if m._meta.app_label != "core" or m in (Image, Operation)]
    return {m._meta.label: m._default_manager.count() for m in counted}
