"""What plans chose by themselves goes with a customer whom an operation made."""

from regulars.core.operations import register_follower, register_table
from regulars.planning.kept import NextContact, Silence
from regulars.planning.models import Cadence, FirstTouch, OfflineTouch, Pause, PlanItem

register_follower(FirstTouch)
register_follower(NextContact)
# On a list and acted upon: somebody works with them.
register_follower(
    PlanItem, in_use="t.state NOT IN ('open', 'waiting') OR t.handed_by_id IS NOT NULL"
)
register_table(PlanItem)
register_table(FirstTouch)
register_table(Pause)
register_table(Cadence)
register_table(OfflineTouch)
register_table(NextContact)
register_table(Silence)
