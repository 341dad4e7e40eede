"""What bulletins give to the rooms below them."""

from regulars.bulletins import tasks  # noqa: F401
from regulars.bulletins.readers import EVERYBODY, READERS, AllOfThem, Readers
from regulars.messaging.audiences import audiences

audiences.register(EVERYBODY, AllOfThem())
audiences.register(READERS, Readers())
