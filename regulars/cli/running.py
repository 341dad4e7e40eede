"""Making the database, serving, working."""

import os
import sys
from collections.abc import Sequence
from ipaddress import ip_address

import click
from django.conf import settings
from django.utils.module_loading import import_string

from regulars.cli.main import put_json
from regulars.cli.readiness import make_database, with_database
from regulars.core import worker as work_loop
from regulars.core.errors import Refusal
from regulars.core.public_files import KEPT_SECONDS, ROUTE, public_folder
from regulars.core.supervisor import Supervisor
from regulars.messaging.sending import drain
from regulars.team.queries import zone_of_the_business

# A nice value: beside pages that want all there is, the work behind gets a tenth.
BEHIND_PAGES = 10
# More than a core can use: most of them wait until they may write, and a page waits for none.
THREADS = 8


@click.command()
def init() -> None:
    """Make the database, or bring it up to date."""
    make_database()


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port to answer on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to answer on.")
@with_database
def serve(port: int, host: str) -> None:
    """Serve the pages and do the background work, until Ctrl+C."""
    from regulars.cli.team import sign_in_address

    _refuse_taken_port(host, port)
    # An unspecified address means every address of this machine; a person opens the nearest.
    here = "localhost" if ip_address(host).is_unspecified else host
    address = f"http://{here}:{port}"
    click.echo(f"\nRegulars answers on {address}")
    click.echo(f"Sign in once with:  {sign_in_address(address)}\n")
    click.echo("Ctrl+C stops it.")
    sys.exit(Supervisor({"web server": _web(host, port), **_workers()}).run())


@click.command()
@click.option("--jobs-only", is_flag=True, help="Leave sending to other processes.")
@with_database
def worker(jobs_only: bool) -> None:
    """Do the background work and send, without pages; beside others on PostgreSQL."""
    if jobs_only:
        _step_back()
        work_loop.work(import_string(settings.SCHEDULE), zone_of_the_business)
        return
    sys.exit(Supervisor(_workers()).run())


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
@with_database
def tick(as_json: bool) -> None:
    """Do everything that is due, once."""
    done = work_loop.tick(import_string(settings.SCHEDULE), zone_of_the_business)
    done += drain().accepted
    # What left is a touch by now: whoever listens hears of it.
    done += work_loop.tick(import_string(settings.SCHEDULE), zone_of_the_business)
    put_json({"done": done}) if as_json else click.echo(f"Done: {done}.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON value on standard output.")
def doctor(as_json: bool) -> None:
    """Say what is wrong with this installation, and what to do."""
    from regulars.cli.diagnosis import findings

    found = findings()
    if as_json:
        put_json({"findings": [finding.as_dict() for finding in found]})
    else:
        for finding in found:
            click.echo(f"{finding.sentence} {finding.remedy}")
        if not found:
            click.echo("All is well.")
    sys.exit(1 if any(not finding.is_advice for finding in found) else 0)


def _web(host: str, port: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--blocking-threads", str(THREADS),
        "--host", host, "--port", str(port), "--workers", str(settings.WEB_PROCESSES), "--no-ws",
        # Its one warning is of threads that wait.
        "--log-level", "error",
        # Public pages by the server itself: no Python, no database, nothing that can be away.
        "--static-path-route", ROUTE, "--static-path-mount", str(public_folder()),
        "--static-path-dir-to-file", "index.html", "--static-path-expires", str(KEPT_SECONDS),
        "regulars.config.wsgi:application",
    ]  # fmt: skip


def _workers() -> dict[str, Sequence[str]]:
    # Processes of their own: a long count or import holds up no message.
    command = [sys.executable, "-m", "regulars.cli"]
    names = ["sender" if nth == 1 else f"sender {nth}" for nth in range(1, settings.SENDERS + 1)]
    senders = {name: [*command, "send", "--keep-on"] for name in names}
    return {"worker": [*command, "worker", "--jobs-only"], **senders}


def _step_back() -> None:
    """Whoever waits for a page goes first on a machine that has no processor to spare."""
    if sys.platform != "win32":
        os.nice(BEHIND_PAGES)


def _refuse_taken_port(host: str, port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refusal(
                f"Port {port} is taken ({error.strerror}).", "Choose another with --port."
            ) from error
