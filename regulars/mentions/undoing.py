"""The tables of mentions, which an operation may touch."""

from regulars.core.operations import register_table
from regulars.mentions.models import KnownHandle, Mention

register_table(Mention, changed_at="changed_at")
register_table(KnownHandle)
