"""Who is to be told, and what they asked, goes over to whoever they turn out to be."""

from regulars.bulletins.models import Owed, Question
from regulars.core.movers import Reparent, register_mover

register_mover(Reparent(Owed, same=("bulletin_id",)))
register_mover(Reparent(Question))
