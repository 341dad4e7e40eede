"""What `regulars doctor` looks at."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from regulars.cli import safety
from regulars.cli.safety import Finding
from regulars.core import clock
from regulars.core.database_trouble import SAID, trouble_of
from regulars.core.models import Job
from regulars.engines.reaching import trouble_of_the_engine

ENOUGH_BYTES = 500 * 1024 * 1024


def findings() -> list[Finding]:
    """Everything that is wrong here, worst first; empty when all is well."""
    try:
        missing = _missing_migrations()
    except DatabaseError as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        return [Finding(*SAID[trouble])]
    if missing:
        return [missing]
    looked_at = (_assets(), _disk(), _engine(), _failed_jobs(), _stuck_jobs())
    return sorted(
        [*(finding for finding in looked_at if finding), *safety.findings()],
        key=lambda finding: finding.is_advice,
    )


def _missing_migrations() -> Finding | None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return Finding(
            "The database is not made yet, or is of an older version.", "Run “regulars init”."
        )
    return None


def _assets() -> Finding | None:
    if Path(str(settings.DJANGO_VITE["default"]["manifest_path"])).exists():
        return None
    return Finding("The styles and scripts are not built.", "Run “./dev up”, which builds them.")


def _disk() -> Finding | None:
    free = shutil.disk_usage(settings.HOME).free
    if free >= ENOUGH_BYTES:
        return None
    return Finding(
        f"Only {free // 1024**2} MB are free where the data lives.",
        "Make room before the disk is full; nothing can be written then.",
    )


def _engine() -> Finding | None:
    trouble = trouble_of_the_engine()
    return Finding(trouble.sentence, trouble.remedy) if trouble else None


def _failed_jobs() -> Finding | None:
    failed = Job.objects.filter(state=Job.State.FAILED).order_by("-id").first()
    if failed is None:
        return None
    return Finding(
        f"The job “{failed.name}” failed: {failed.sentence}",
        "Start it again; if it fails again, tell us with this sentence.",
    )


def _stuck_jobs() -> Finding | None:
    waiting = Job.objects.claimable_at(clock.now()).count()
    if waiting < 20:
        return None
    return Finding(
        f"{waiting} pieces of background work wait for a worker.",
        "See that “regulars serve” or “regulars worker” runs.",
    )
