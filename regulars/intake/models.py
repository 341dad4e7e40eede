"""Files brought in: what they were, what was taken from them, and what was not."""

from django.db import models

from regulars.core.actor import COMMAND, Actor
from regulars.core.models import Job
from regulars.team.models import Member


class Import(models.Model):
    """One bringing-in of one or several files of a kind."""

    class State(models.TextChoices):
        MAPPING = "mapping"
        CHECKING = "checking"
        CHECKED = "checked"
        APPLYING = "applying"
        FINISHED = "finished"
        REFUSED = "refused"

    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=40, default="files")
    state = models.CharField(max_length=10, choices=State, default=State.MAPPING)
    is_dry_run = models.BooleanField(default=False)
    settings = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    brought_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    # The import whose rows were put right in this one.
    mends = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="mended")

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class ImportFile(models.Model):
    """One file of an import, kept under a generated name; `mapping` says which column is what.

    `choices` says how else it is read: `sheet` of a workbook, `mend` (columns whose cells slipped).
    """

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    role = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    reading = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Inlet(models.Model):
    """A folder or an address from which files of one kind come in by themselves.

    `seen` is the size and the time of files that were not at rest; `digest` knows what came last
    from an address; `said` is what there was to say of the last look that found something.
    """

    kind = models.CharField(max_length=40)
    place = models.CharField(max_length=500)
    is_folder = models.BooleanField()
    source = models.CharField(max_length=40)
    allows_private = models.BooleanField(default=False)
    etag = models.CharField(max_length=200, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    seen = models.JSONField(default=dict)
    looked_at = models.DateTimeField(null=True)
    said = models.TextField(blank=True)
    last_import = models.ForeignKey(Import, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "place"], name="intake_inlet_once"),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def actor(self) -> Actor:
        """Whoever made it brings in what comes; the command line, where they are gone."""
        return self.made_by.actor if self.made_by else COMMAND


class UntakenRow(models.Model):
    """A row that was not taken, cell by cell, so that it can be put right and taken after all."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="untaken")
    row_no = models.BigIntegerField()
    cells = models.JSONField()
    # The import in which it was put right; gone again when that one was left.
    mended_in = models.ForeignKey(
        Import, on_delete=models.SET_NULL, null=True, related_name="mended_rows"
    )

    class Meta:
        indexes = [models.Index(fields=["file", "row_no"], name="intake_untaken_by_row")]

    def __str__(self) -> str:
        return f"row {self.row_no}"


class KnownShape(models.Model):
    """How files of one shape were taken last: `shape` knows their headings, folded, in order.

    `name` is that of the first of them, until somebody calls it otherwise.
    """

    name = models.CharField(max_length=255, blank=True, db_default="")
    kind = models.CharField(max_length=40)
    role = models.CharField(max_length=40)
    shape = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    choices = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "role", "shape"], name="intake_shape_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.role} {self.shape[:8]}"


class RowProblem(models.Model):
    """A row, or one cell of it, that was not taken as it stands, and why."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="problems")
    row_no = models.BigIntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.TextField(blank=True)
    message = models.TextField()
    is_rejected = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["file", "row_no"], name="intake_problem_by_row")]

    def __str__(self) -> str:
        return f"row {self.row_no}: {self.message}"
