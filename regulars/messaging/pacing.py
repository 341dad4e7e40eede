"""The pace of the mail server, shared by all senders: whoever takes a window keeps it busy a while.

Counted by the database's own clock, as leases are, so that machines agree.
"""

from django.db import connection

from regulars.core.bulk import rows_of, run_sql
from regulars.messaging.models import MailServer


def seconds_left(server: MailServer) -> float:
    """How long the pace lets nobody take anything more; 0 where it may be taken now.

    Call in the transaction that takes: until its end no other sender takes beside us.
    """
    if not server.pace:
        return 0.0
    left, lock = "(julianday(paced_until) - julianday('now')) * 86400", ""
    if connection.vendor == "postgresql":
        left, lock = "EXTRACT(EPOCH FROM paced_until - clock_timestamp())", " FOR UPDATE"
    found = rows_of(f"SELECT {left} FROM messaging_mailserver WHERE id = 1{lock}")  # noqa: S608
    seconds = float(found[0][0] or 0) if found else 0.0
    # A clock that was put back must not hold up everything for so long.
    return seconds if 0 < seconds <= 1.5 * max(1.0, 60 / server.pace) else 0.0


def keep_busy(server: MailServer, count: int) -> None:
    """So many were taken: nobody takes more until the pace allows it."""
    if not server.pace or not count:
        return
    seconds = count * 60 / server.pace
    until = f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '+{seconds:.3f} seconds')"
    if connection.vendor == "postgresql":
        until = f"clock_timestamp() + interval '{seconds:.3f} seconds'"
    run_sql(f"UPDATE messaging_mailserver SET paced_until = {until} WHERE id = 1")  # noqa: S608
