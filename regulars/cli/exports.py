"""`regulars export`: taking lists out into files."""

from pathlib import Path

import click

from regulars.cli.main import put_json
from regulars.cli.readiness import with_database
from regulars.core import clock
from regulars.core.actor import COMMAND
from regulars.exports.actions import write_export
from regulars.exports.choices import Format, What

ENDINGS = {".csv": "csv", ".xlsx": "xlsx", ".vcf": "vcard", ".parquet": "parquet", ".zip": "csv"}


@click.command()
@click.argument("what", type=click.Choice(What.values), metavar="WHAT")
@click.option("--to", "file", required=True, help="The file to write; a ZIP for everything.",
              type=click.Path(dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--format", "form", type=click.Choice(Format.values),
              help="Read from the ending of the file when left out, else csv.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def export(what: str, file: Path, form: str | None, as_json: bool) -> None:
    """Write customers, orders or everything into a file."""
    form = form or ENDINGS.get(file.suffix.lower(), "csv")
    if not file.parent.is_dir():
        raise click.UsageError(f"There is no folder {file.parent}.")
    rows, cut = write_export(What(what), Format(form), file, by=COMMAND, at=clock.now())
    if as_json:
        put_json({"file": str(file), "what": what, "format": form, "rows": rows, "cut": cut})
        return
    click.echo(f"Wrote {rows:,} rows into {file}.")
    if cut:
        click.echo(f"{cut:,} cells were longer than a workbook takes and were cut.", err=True)
