"""The table of promises that an operation may touch."""

from regulars.core.operations import register_table
from regulars.promises.models import Promise

register_table(Promise)
