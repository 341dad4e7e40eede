"""What of permission goes with a customer whom an operation made, and what keeps them."""

from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest, Wish
from regulars.core.operations import register_follower, register_table

# What this import said of them, or another operation that is undone; any other word of theirs
# keeps them.
UNDONE = (
    "SELECT 1 FROM core_operation o WHERE o.undone_at IS NOT NULL AND ("
    "o.kind = 'import' AND (t.source LIKE 'import ' || o.subject_id || ':%%'"
    " OR t.source = 'import ' || o.subject_id || ' undone')"
    " OR o.kind = 'merge' AND t.source LIKE 'merge ' || o.id || ':%%')"
)
register_follower(
    ConsentEvent, in_use=f"t.source NOT LIKE 'import {{subject_id}}:%%' AND NOT EXISTS ({UNDONE})"
)
register_follower(ConsentState)
register_table(Wish)
# By which clock they live, and when they last bought, is worked out; the rest somebody wished for.
register_follower(
    Wish,
    in_use=(
        "t.channel <> '' OR t.only_for <> '' OR t.every_days IS NOT NULL OR t.paused_until IS NOT"
        " NULL OR t.links_void_before IS NOT NULL OR t.zone_source NOT IN ('', 'address')"
    ),
)
register_table(OptInRequest)
