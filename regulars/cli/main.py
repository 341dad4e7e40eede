"""`regulars …`: the door for the shell. Exit codes: 0 done, 1 refused or failed, 2 usage."""

import gc
import importlib
import json
import os
import sys
from typing import Any

import click

# Command -> where it is defined; a module is imported only when its command runs.
COMMANDS = {
    "init": "regulars.cli.running:init",
    "serve": "regulars.cli.running:serve",
    "worker": "regulars.cli.running:worker",
    "tick": "regulars.cli.running:tick",
    "doctor": "regulars.cli.running:doctor",
    "backup": "regulars.cli.backup:backup",
    "restore": "regulars.cli.backup:restore_backup",
    "release": "regulars.cli.backup:release",
    "keys": "regulars.cli.keys:keys",
    "sign-in": "regulars.cli.team:sign_in",
    "import": "regulars.cli.imports:import_files",
    "imports": "regulars.cli.imports:imports",
    "export": "regulars.cli.exports:export",
    "duplicates": "regulars.cli.duplicates:duplicates",
    "merge": "regulars.cli.duplicates:merge",
    "unmerge": "regulars.cli.duplicates:unmerge",
    "insight": "regulars.cli.insight:insight",
    "plan": "regulars.cli.plan:plan",
    "day": "regulars.cli.day:day",
    "prices": "regulars.cli.prices:prices",
    "bulletin": "regulars.cli.bulletins:bulletin",
    "library": "regulars.cli.library:library",
    "show": "regulars.cli.show:show",
    "send": "regulars.cli.sending:send",
    "stop": "regulars.cli.sending:stop",
    "resume": "regulars.cli.sending:resume",
    "disruption": "regulars.cli.disruption:disruption",
    "card": "regulars.cli.disruption:card",
    "demo": "regulars.cli.demo:demo",
}


class Door(click.Group):
    """Finds a command by name without importing the others, and turns a Refusal into words."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        _set_up()
        module, attribute = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        _set_up()
        from django.core.exceptions import ImproperlyConfigured
        from django.db import DatabaseError

        from regulars.core.errors import Refusal

        try:
            return super().invoke(ctx)
        except Refusal as no:
            click.echo(f"{no.sentence} {no.remedy}".strip(), err=True)
            ctx.exit(1)
        except ImproperlyConfigured as wrong:
            click.echo(f"A setting is wrong: {wrong}", err=True)
            ctx.exit(1)
        except DatabaseError as error:
            _say_trouble(error)
            ctx.exit(1)


def _say_trouble(error: Exception) -> None:
    """What is wrong with the database itself; every other error shows where it came from."""
    from regulars.core.database_trouble import SAID, trouble_of

    trouble = trouble_of(error)
    if trouble is None:
        raise error
    click.echo(" ".join(SAID[trouble]), err=True)


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        # What a start makes stays: looking for circles among it takes a seventh of the start, and
        # again of every sweep after it.
        gc.disable()
        django.setup()
        gc.freeze()
        gc.enable()


def put_json(value: Any) -> None:
    """Print one JSON value on standard output, and nothing else."""
    json.dump(value, sys.stdout, ensure_ascii=False, default=str)
    sys.stdout.write("\n")


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="regulars", message="%(version)s")
def main() -> None:
    """Regulars: keep the customers you have, win back those you lost."""
