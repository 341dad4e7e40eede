"""A day's calls and visits as a calendar file (RFC 5545), for a telephone's own calendar."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.planning.briefs import may_say
from regulars.planning.hours import Hour

# A line is at most so many bytes; what is longer goes on behind a blank.
LINE = 75


def calendar_file(
    hours: Iterable[Hour], *, name: str, at: datetime, home: str, hidden: frozenset[str]
) -> bytes:
    """The file; `home` is our address, `hidden` what whoever reads it may not see.

    Nothing in it blocks an hour: the times are proposals.
    """
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Regulars//Today//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(name)}", f"NAME:{_escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    ]  # fmt: skip
    for one in hours:
        lines += _event(one, at, home, hidden)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(hour: Hour, at: datetime, home: str, hidden: frozenset[str]) -> Sequence[str]:
    item = hour.shown.item
    page = f"{home}{reverse('customers:detail', args=[item.customer_id])}" if home else ""
    said = [item.sentence, *(line.text for line in item.lines)] if may_say(item, hidden) else []
    event = {
        "UID": f"item-{item.pk}@regulars",
        "DTSTAMP": _moment(at),
        "DTSTART": _moment(hour.begins_at),
        "DTEND": _moment(hour.ends_at),
        "SUMMARY": _escaped(_summary(hour)),
        "LOCATION": _escaped(hour.where),
        "DESCRIPTION": _escaped("\n".join(line for line in [*said, page] if line)),
        "URL": page,
        "TRANSP": "TRANSPARENT",
        "CLASS": "PRIVATE",
    }
    return [
        "BEGIN:VEVENT", *(f"{key}:{value}" for key, value in event.items() if value), "END:VEVENT",
    ]  # fmt: skip


def _summary(hour: Hour) -> str:
    words = _("Visit %(name)s") if hour.shown.item.channel == Channel.VISIT else _("Call %(name)s")
    return words % {"name": hour.shown.item.customer.name}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """A line in stretches of 75 bytes, never in the middle of a letter."""
    parts, part, most = [], b"", LINE
    for letter in line:
        byte = letter.encode()
        if len(part) + len(byte) > most:
            parts.append(part)
            # The blank that begins what goes on counts, too.
            part, most = b"", LINE - 1
        part += byte
    return b"\r\n ".join([*parts, part]) + b"\r\n"
