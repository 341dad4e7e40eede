"""Spark behind Ibis: on this machine, or on the cluster whose master is named."""

import os
import shutil
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.engines.errors import EngineMissing, EngineOutOfReach
from regulars.engines.lightness import without_other_dialects
from regulars.engines.speaking import speak_spark
from regulars.engines.tables import batches_of, table_of

SECONDS_TO_ANSWER = 5


class SparkEngine:
    """A session of its own; the machine of Java that carries it ends with it."""

    def __init__(self, address: str) -> None:
        self._session = session_on(master_of(address))
        without_other_dialects()
        import ibis

        with _without_warnings():
            self.backend = ibis.pyspark.from_connection(self._session)
        speak_spark(self.backend)

    def take_in(self, name: str, arriving: Any, schema: Any) -> Any:
        import pyarrow as pa

        table = pa.Table.from_batches(batches_of(arriving, schema), schema.to_pyarrow())
        self._session.createDataFrame(table).createOrReplaceTempView(name)
        return table_of(self.backend, name, schema)

    def keep(self, name: str, expression: Any) -> Any:
        # Kept by the workers, in memory and on their disks: a cluster need share no folder.
        self._typed(expression).localCheckpoint().createOrReplaceTempView(name)
        return table_of(self.backend, name, expression.schema())

    def arrow(self, expression: Any) -> Any:
        return self._typed(expression).toArrow().cast(expression.schema().to_pyarrow())

    def close(self) -> None:
        let_go(self._session)

    def _typed(self, expression: Any) -> Any:
        from ibis.backends.pyspark.datatypes import PySparkType

        frame = self._session.sql(self.backend.compile(expression))
        return frame.select(
            *(
                frame[name].cast(PySparkType.from_ibis(type_)).alias(name)
                for name, type_ in expression.schema().items()
            )
        )


@contextmanager
def _without_warnings() -> Iterator[None]:
    """PySpark warns of data frames of pandas, which nobody here makes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        yield


def master_of(address: str) -> str:
    """`spark` is this machine, `spark://host:7077` a cluster, `spark:yarn` any by its name."""
    if address.startswith("spark://"):
        return address
    return address.partition(":")[2] or f"local[{settings.ENGINE_THREADS}]"


def session_on(master: str) -> Any:
    """A session of Spark; says what is missing where there is none."""
    refuse_without(master)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(master).appName("Regulars")
    for name, value in _configuration(master).items():
        builder = builder.config(name, value)
    try:
        with _without_warnings():
            return builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise EngineOutOfReach("Spark", str(error)) from error


def let_go(session: Any) -> None:
    """End the session and its machine of Java, which would keep its memory for ever."""
    from pyspark import SparkContext

    session.stop()
    gateway = SparkContext._gateway  # noqa: SLF001
    if gateway is None:
        return
    gateway.shutdown()
    # It ends when its standard input does.
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=30)
    SparkContext._gateway = SparkContext._jvm = None  # noqa: SLF001


def refuse_without(master: str) -> None:
    """Say what is missing here, or that the cluster does not answer, before minutes are lost."""
    if find_spec("pyspark") is None:
        raise EngineMissing("Spark", "PySpark", _("Install it: pip install 'regulars[spark]'."))
    home = os.environ.get("JAVA_HOME")
    java = Path(home, "bin", "java") if home else shutil.which("java")
    if java is None or not Path(java).exists():
        remedy = _("Install Java 17 or newer, or set JAVA_HOME to the folder that holds it.")
        raise EngineMissing("Spark", "Java", remedy)
    if master.startswith("spark://"):
        _refuse_without_answer(master.removeprefix("spark://").split(","))


def _refuse_without_answer(masters: list[str]) -> None:
    """Several masters may stand by for one another: one that answers will do."""
    said = ""
    for master in masters:
        host, _colon, port = master.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=SECONDS_TO_ANSWER).close()
        except (OSError, ValueError) as error:
            said = f"{master}: {error}"
        else:
            return
    raise EngineOutOfReach("Spark", said)


def _configuration(master: str) -> dict[str, str]:
    spill = Path(settings.HOME) / "engine"
    spill.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.memory": f"{settings.ENGINE_MEMORY_MB}m",
        # The facts of everyone come back in one piece.
        "spark.driver.maxResultSize": "0",
        "spark.local.dir": str(spill),
        "spark.sql.warehouse.dir": str(spill / "warehouse"),
    }
    if not master.startswith("local"):
        return ours
    here = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": str(2 * settings.ENGINE_THREADS),
    }
    return {**ours, **here}
