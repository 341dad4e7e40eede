"""Who is in a segment follows from its filter."""

from regulars.core.movers import Stays, register_mover
from regulars.lists.models import SegmentMember

register_mover(Stays(SegmentMember, "worked out anew by the filter, for whoever stays"))
