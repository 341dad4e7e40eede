"""What selects give, fetched ahead batch by batch and sent as one Arrow stream."""

from collections.abc import Iterator
from contextlib import closing
from queue import Queue
from threading import Thread
from typing import Any, BinaryIO

# How many batches are fetched ahead: a few million orders, some hundred megabytes at most.
BATCHES_AHEAD = 32


def ahead(
    readers: list[Any], selects: list[str], options: dict[str, str] | None = None
) -> Iterator[Any]:
    """What the selects give: a thread for each reader fetches while earlier rows are sent."""
    ready: Queue[Any] = Queue(BATCHES_AHEAD)
    left, at_work = iter(selects), len(readers)
    for reader in readers:
        Thread(target=_fetch, args=[reader, left, options or {}, ready], daemon=True).start()
    while at_work:
        found = ready.get()
        if isinstance(found, Exception):
            raise found
        if found is None:
            at_work -= 1
        else:
            yield found


def _fetch(
    reader: Any, selects: Iterator[str], options: dict[str, str], ready: "Queue[Any]"
) -> None:
    """What one reader gives of the selects that no other has begun; at the end None, or why not."""
    try:
        for select in selects:
            with closing(reader.cursor()) as cursor:
                cursor.adbc_statement.set_options(**options)
                cursor.execute(select)
                batches = cursor.fetch_record_batch()
                ready.put(batches.schema)
                for batch in batches:
                    ready.put(batch)
    except Exception as error:
        ready.put(error)
    else:
        ready.put(None)


def send(arriving: Iterator[Any], outgoing: BinaryIO) -> None:
    """Batches of several selects as one stream, in the types of the first; it may have no rows."""
    import pyarrow as pa

    stream, schema = None, None
    for one in arriving:
        if isinstance(one, pa.Schema):
            schema = one if schema is None else schema
        elif stream is None:
            schema = one.schema
            stream = pa.ipc.new_stream(outgoing, schema)
            stream.write_batch(one)
        else:
            stream.write_batch(one if one.schema.equals(schema) else one.cast(schema))
    # Left open where something failed: whoever reads must not take a part for the whole.
    (stream or pa.ipc.new_stream(outgoing, schema)).close()
