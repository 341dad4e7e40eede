"""Who is in a segment follows from its filter, and who fits a kept answer from its question."""

from regulars.core.movers import Stays, register_mover
from regulars.lists.models import AnswerMember, SegmentMember

register_mover(Stays(SegmentMember, "worked out anew by the filter, for whoever stays"))
register_mover(Stays(AnswerMember, "worked out anew by the question, for whoever stays"))
