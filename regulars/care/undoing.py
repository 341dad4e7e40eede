"""The tables of what customers expect and were asked, which an operation may touch."""

from regulars.care.models import Answer, CheckIn, CheckInOrder, Expectation
from regulars.core.operations import register_follower, register_table

register_table(Expectation)
register_table(CheckIn)
register_table(Answer)
# What an import brought is taken back with the question that came of it, until it was asked.
register_follower(CheckIn, in_use="t.state NOT IN ('due', 'dropped')")
register_follower(
    CheckInOrder,
    in_use="EXISTS (SELECT 1 FROM care_checkin k WHERE k.id = t.check_in_id"
    " AND k.state NOT IN ('due', 'dropped'))",
)
