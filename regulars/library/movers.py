"""What was shared with either of two was shared with the one who stays; nothing comes twice."""

from regulars.core.movers import Redirect, Reparent, Stays, register_mover
from regulars.library.models import Fit, Proof, Share

register_mover(Reparent(Share, same=("article_id",)))
register_mover(Stays(Fit, "Whom an article fits is found anew every night."))
register_mover(Redirect(Proof))
