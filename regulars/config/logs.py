"""What a log never holds: the token of a link that still opens something."""

import logging
import re

_LINK = re.compile(r"(/(?:team/(?:first|sign-in|join|address)|[ucp])/)(?!undo\b|leave\b)[^\s/?#]+")


class HideLinks(logging.Filter):
    """Puts an ellipsis where the token of a one-time link stood."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = _LINK.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, None
        return True
