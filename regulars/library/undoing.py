"""Tables of this room whose rows operations may touch: a merge moves them."""

from regulars.core.operations import register_table
from regulars.library.models import Share

register_table(Share)
