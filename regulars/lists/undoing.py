"""Who is in a segment is worked out, so it goes with a customer whom an operation made."""

from regulars.core.operations import register_follower
from regulars.lists.models import AnswerMember, SegmentMember

register_follower(SegmentMember)
register_follower(AnswerMember)
