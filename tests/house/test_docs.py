"""What the documentation promises is there, and what is there is documented."""

import dataclasses
import importlib
import re
from pathlib import Path

import click
import pytest

from regulars.cli.main import COMMANDS
from regulars.core.events import _receivers, kind_of
from regulars.insight.facts import FACT_TABLES
from tests.house.tree import PACKAGE, ROOT, python_files, rooms, shown, tracked

DOCS = ROOT / "docs"
# Links and images, without those that leave the checkout.
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]+)?(#[^)\s]+)?\)")
ROW = re.compile(r"^\| `([^`]+)`", re.MULTILINE)
SETTING = re.compile(r"""["'](REGULARS_[A-Z_]+|PUBLIC_URL|DATABASE_URL)["']""")


def pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def anchors_of(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {"#" + heading.replace(" ", "-") for heading in kept}


@pytest.mark.parametrize("page", pages(), ids=shown)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        there = (page.parent / target).resolve() if target else page
        if not there.exists() or (anchor and anchor not in anchors_of(there)):
            broken.append(target + anchor)

    assert broken == []


def test_every_event_is_documented_and_no_other() -> None:
    announced = set()
    for room in rooms():
        if not (PACKAGE / room / "events.py").exists() or room == "core":
            continue
        module = importlib.import_module(f"regulars.{room}.events")
        facts = (one for one in vars(module).values() if isinstance(one, type))
        announced |= {
            f"{room}.{fact.__name__}"
            for fact in facts
            if dataclasses.is_dataclass(fact) and fact.__module__ == module.__name__
        }

    assert set(ROW.findall(part_of("rooms.md", "Events"))) == announced


def test_every_event_names_the_rooms_that_hear_it() -> None:
    heard: dict[str, set[str]] = {}
    for name, (fact, _receiver) in _receivers.items():
        heard.setdefault(kind_of(fact), set()).add(name.split(".")[0])

    table = part_of("rooms.md", "Events")
    rows = re.findall(r"^\| `([^`]+)` \|[^|]+\|([^|]*)\|$", table, re.MULTILINE)
    said = {event: set(re.findall(r"(\w+):", told)) for event, told in rows if told.strip()}

    assert said == heard


def test_every_fact_table_is_documented_and_no_other() -> None:
    assert set(ROW.findall(part_of("rooms.md", "Fact tables"))) == set(FACT_TABLES.names())


def test_every_room_is_on_the_map_and_linked() -> None:
    drawn = text_of("rooms.md").split("```")[1]
    on_map = re.findall(r"^([a-z]+(?: \| [a-z]+)*)  ", drawn, re.MULTILINE)

    assert {name for line in on_map for name in line.split(" | ")} == set(rooms())


def test_every_setting_is_documented_and_no_other() -> None:
    read = set()
    for path in [*python_files("regulars/"), *python_files("tests/")]:
        if path != Path(__file__):
            read |= set(SETTING.findall(path.read_text(encoding="utf-8")))

    assert set(re.findall(r"`([A-Z]+_[A-Z_]+)`", text_of("settings.md"))) == read


def test_every_setting_is_explained_in_the_example() -> None:
    documented = set(ROW.findall(text_of("settings.md")))

    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert documented - set(re.findall(r"^# ?([A-Z_]+)=", example, re.MULTILINE)) == set()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    module, attribute = COMMANDS[name].split(":")
    command = getattr(importlib.import_module(module), attribute)

    unsaid = [
        f"regulars {path}" for path in spoken(name, command) if f"regulars {path}" not in told()
    ]
    unsaid += [option for option in options_of(command) if option not in told()]

    assert unsaid == []


def test_no_command_is_documented_that_is_not_there() -> None:
    named = set(re.findall(r"`regulars ([a-z-]+)", told()))

    assert named - set(COMMANDS) == set()


def part_of(name: str, heading: str) -> str:
    """What stands under a heading, up to the next."""
    return text_of(name).split(f"## {heading}\n")[1].split("\n## ")[0]


def told() -> str:
    return text_of("commands.md")


def spoken(name: str, command: click.Command) -> list[str]:
    if isinstance(command, click.Group):
        return [f"{name} {sub}" for sub in command.commands]
    return [name]


def options_of(command: click.Command) -> list[str]:
    if isinstance(command, click.Group):
        return [option for sub in command.commands.values() for option in options_of(sub)]
    options = (one for one in command.params if isinstance(one, click.Option))
    return [option.opts[-1] for option in options]
