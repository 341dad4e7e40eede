"""What of messages comes about by itself beside a customer, and goes with one."""

from regulars.core.operations import register_follower, register_table
from regulars.messaging.models import Contact, Hold, Message, Standing

register_table(Message)
register_follower(Standing)
register_table(Contact)
register_table(Hold)
register_table(Standing)
