"""What a provider calls a message that it told us about before its answer was written down."""

from collections.abc import Sequence
from uuid import UUID

from regulars.core.bulk import rows_of
from regulars.messaging.outbox import TABLE, key_of


def keep_provider_ids(rows: Sequence[tuple[UUID, int, str]]) -> None:
    """Note (id, epoch, provider's id) of messages that an event moved past "accepted".

    Later events may know a message by that name alone. A name that is known already stays.
    """
    named = [(key_of(pk), epoch, name) for pk, epoch, name in rows if name]
    if not named:
        return
    places = ", ".join(["(%s, %s, %s)"] * len(named))
    rows_of(
        f"WITH v(id, epoch, provider_id) AS (VALUES {places}) "  # noqa: S608
        f"UPDATE {TABLE} SET provider_id = v.provider_id FROM v WHERE {TABLE}.id = v.id"
        f" AND {TABLE}.lease_epoch = v.epoch AND {TABLE}.provider_id = ''"
        f" AND {TABLE}.state IN ('delivered', 'bounced', 'complained') RETURNING {TABLE}.id",
        [value for row in named for value in row],
    )
