"""Tables of this room whose rows operations may touch: a merge moves them."""

from regulars.core.operations import register_table
from regulars.notes.models import Note

register_table(Note)
