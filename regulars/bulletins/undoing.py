"""Tables of this room whose rows operations may touch: a merge moves them."""

from regulars.bulletins.models import Owed, Question
from regulars.core.operations import register_table

register_table(Owed)
register_table(Question)
