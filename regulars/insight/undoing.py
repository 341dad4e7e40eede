"""What is counted about a customer goes with one whom an operation made."""

from regulars.core.operations import register_follower
from regulars.insight.models import CustomerFacts

register_follower(CustomerFacts)
