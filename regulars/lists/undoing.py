"""Who is in a segment is worked out, so it goes with a customer whom an operation made."""

from regulars.core.operations import register_follower
from regulars.lists.models import SegmentMember

register_follower(SegmentMember)
