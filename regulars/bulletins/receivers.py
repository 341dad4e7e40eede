"""What bulletins give to the rooms below them."""

from regulars.bulletins import tasks  # noqa: F401
from regulars.bulletins.readers import AllOfThem
from regulars.messaging.audiences import audiences

audiences.register("everybody", AllOfThem())
