"""The table of help requests, which an operation may touch."""

from regulars.core.operations import register_table
from regulars.helping.models import HelpRequest

register_table(HelpRequest)
