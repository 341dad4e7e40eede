"""Notes go over to whoever somebody turns out to be; one desk holds one note to them."""

from regulars.core.movers import Reparent, register_mover
from regulars.notes.models import Note

_UNDER_WAY = "{row}.state IN ('waiting', 'printed', 'written')"

register_mover(
    Reparent(Note, clash=f"{_UNDER_WAY.format(row='o')} AND {_UNDER_WAY.format(row='t')}")
)
