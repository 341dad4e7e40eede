"""What either of two said in public was said by the one who stays."""

from regulars.core.movers import Redirect, Reparent, register_mover
from regulars.mentions.models import KnownHandle, Mention, StagedMention

register_mover(Reparent(Mention))
register_mover(Reparent(KnownHandle))
register_mover(Redirect(StagedMention))
