"""Every room has the same grammar: names of files, order inside a room, what doors may do."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, imports, python_files, rooms, shown, tree

# From the top down: a file imports from its own group and those after it.
ORDER = (
    ("urls",),
    ("views",),
    ("forms",),
    ("tasks", "receivers", "movers", "erasing"),
    ("actions",),
    ("channels", "sources", "steps"),
    ("reasons", "facts", "fields", "columns", "undoing"),
    ("queries",),
    ("rules",),
    ("models",),
    ("choices", "events", "errors"),
)
RANK = {name: rank for rank, group in enumerate(ORDER) for name in group}
FOLDERS = {"migrations", "management", "templatetags", "templates", "static"}
GRAMMAR = {*RANK, *FOLDERS, "__init__", "apps"}
# What another room may import.
PUBLIC = {"models", "choices", "queries", "actions", "events", "errors"}
# What a room opens besides, because it is neither a question nor a change (decision 14).
OPENED: dict[str, set[str]] = {
    "bulletins": {"public_pages", "readers"}, "care": {"products"}, "cases": {"words"},
    "consent": {"grounds", "standing"}, "customers": {"custom_values", "naming", "verdicts"},
    "goals": {"goal_words", "reckoning"},
    "insight": {
        "baseline", "calendar", "charts", "counting", "facts", "figures", "fits", "foretelling",
        "plates",
    },
    "intake": {"forgetting"},
    "lists": {"asking", "audience", "compiling", "looks"},
    "planning": {
        "agreeing", "ahead", "arriving", "automatic", "brief_pages", "briefs", "calendar_file",
        "day_list", "helping", "hours", "loads", "reason_rows", "silences",
    },
    "notes": {"piles"}, "library": {"files", "sentences"}, "offers": {"checking", "till_list"},
    "mentions": {"naming"},
    "prices": {"words"}, "promises": {"pledge", "proposing"},
    "messaging": {
        "audiences", "gate", "lists", "looking", "lots", "outbox", "rendering", "restarting",
        "screens", "sending", "staff_mail", "texts", "words",
    },
    "recovery": {"words"}, "team": {"absences"},
    "verdicts": {"drawing", "effects", "looks", "outcomes"},
}  # fmt: skip
# No rooms: what every room may use, what knows every room, and who opens the engines.
OPEN = {"core", "engines", "config"}
# Not rooms with a grammar of files: the shell's door and the sample have a file for each room.
FREE = {"cli", "config", "core", "demo", "desk", "engines", "portal"}
FORBIDDEN = {"utils", "util", "helpers", "services", "managers", "common", "misc", "base", "tools"}
# A name outside the grammar is a thing of the business, and the room's README says what it is.
EXTRA: dict[str, set[str]] = {
    "bulletins": {
        "asked", "changes", "drafts", "frame_words", "letters", "mails", "paper", "public_pages",
        "readers", "screens", "spoken", "texts", "ways",
    },
    "consent": {
        "deciding", "grounds", "lowering", "opting_in", "presets", "remembering", "standing",
        "zones",
    },
    "conversations": {"headings", "lookups", "taking_in", "timeline"},
    "customers": {
        "adding", "beside", "comparing", "custom_values", "details", "giving_way", "headings",
        "heard", "likeness", "lookups",
        "marks", "matching", "naming", "newcomers", "noted", "noted_relations", "presets",
        "pointing", "relating", "sharing", "sieves",
        "sifting", "staged_lines", "taking_in", "traces", "verdicts",
    },
    "exports": {"books", "cards", "chosen", "letters", "making", "sheets", "tables"},
    "insight": {
        "again", "baseline", "basis", "before", "behind", "behind_views", "buying_less", "calendar",
        "chances", "charts", "counting", "curve", "estimating", "foretelling",
        "expecting", "figures", "fits", "fitting", "hindsight", "hindsight_views", "indexing",
        "metrics", "modelling", "moods", "new_day",
        "page_figures", "page_views", "patterns", "plates", "recording", "rhythm", "seasons",
        "sentences", "shares", "tenths", "tiers_told", "watch",
    },
    "lists": {
        "asking", "audience", "comparing", "compiling", "looks", "spelling", "trees", "values",
        "walking", "wording",
    },
    "intake": {
        "bringing_in", "cards", "choosing", "coming_in", "containers", "delimiters", "encodings",
        "forgetting", "headings", "inlet_views", "inlets", "looking", "mending", "parsing",
        "reading", "reading_ahead", "seeing",
        "shape_views", "shapes", "sheet_sizes", "slips", "spreadsheets", "staging", "storing",
        "survey", "taking_back", "values",
    },
    "care": {
        "arrivals", "asking_form", "delay_form", "goods", "headings", "panel", "products",
        "questions_form", "taking_in", "warning_words", "way_words", "ways",
    },
    "departures": {"comparing", "panel", "showing", "words"},
    "helping": {"panel", "words"},
    "learning": {"chance", "drawing", "finding", "satisfaction", "taxonomy", "texts", "wording"},
    "mentions": {"headings", "naming", "panel", "pasting", "taking_in", "words"},
    "cases": {
        "felt", "hours", "making_good", "panel", "promising", "reckoning", "telling", "terms",
        "treating", "words",
    },
    "goals": {"drawing", "goal_words", "pacing", "reckoning", "showing", "volume", "words"},
    "offers": {"checking", "codes", "headings", "holding", "letters", "panel", "qr", "taking_in",
               "telling_words", "till_list", "till_urls", "tries", "words"},
    "prices": {"comparing", "headings", "shop_views", "taking_in", "words"},
    "notes": {"cards", "enclosures", "mentions", "paper", "piles"},
    "library": {"blocking", "files", "fitting", "likeness", "panel", "sentences", "terms"},
    "promises": {"panel", "pledge", "pledge_views", "proposing", "words"},
    "orders": {"comparing", "headings", "panel", "presets", "selling", "taking_in", "totals"},
    "messaging": {
        "audiences", "counting", "dkim", "dns_records", "expanding", "filling", "gate", "layouts",
        "linting", "lists", "looking", "lots", "marks", "mime", "outbox", "pacing", "paper",
        "posting", "predicate", "provider_ids", "quiet", "rendering", "restarting", "screens",
        "sending", "server_words", "settling", "signing", "staff_mail", "starters", "texts",
        "windows", "words", "writing",
    },
    "planning": {
        "agreeing", "ahead", "ahead_views", "arriving", "automatic", "brief_pages", "briefs",
        "calendar_file", "calls", "candidates", "choosing", "coming", "coverage", "cutting",
        "day_list", "day_sql", "day_views", "details", "distances", "feeding", "given", "handing",
        "helping", "hours", "kept", "knapsack", "known", "labels", "letting_go",
        "letting_go_views", "loads", "means", "morning", "occasions", "one_views", "panel", "paper",
        "places", "pressing", "priors", "ranking", "reading", "reason_rows", "reason_views",
        "refilling", "refusing", "routes", "shortlists", "sharing", "silences", "spreading",
        "terms", "why_not", "why_views", "words",
    },
    "outreach": {"brought", "margins", "showing", "words"},
    "recovery": {"continuity", "pace", "returning", "way_words", "words"},
    "verdicts": {
        "drawing", "effects", "figures", "looks", "mailed", "outcomes", "pooling", "sizing",
        "wording",
    },
    "team": {"absences", "adapter", "links", "public_address"},
}  # fmt: skip
WRITES = {"create", "save", "delete", "bulk_create", "update_or_create"}
LIMIT = 400


def parts(path: Path) -> tuple[str, ...]:
    """The names on the way to a file from the package: room, file or folder, …"""
    return path.relative_to(PACKAGE).with_suffix("").parts


def in_rooms() -> list[Path]:
    return [path for path in python_files("regulars/") if len(parts(path)) > 1]


def grammar_rooms() -> list[str]:
    return [room for room in rooms() if room not in FREE]


@pytest.mark.parametrize("room", grammar_rooms())
def test_a_room_holds_only_files_of_the_grammar(room: str) -> None:
    allowed = GRAMMAR | EXTRA.get(room, set())

    strange = {parts(path)[1] for path in in_rooms() if parts(path)[0] == room} - allowed

    assert strange == set(), f"{room}: name it in EXTRA and in the room's README, or rename it"


@pytest.mark.parametrize("room", sorted(EXTRA))
def test_a_room_explains_its_extra_files(room: str) -> None:
    there = {parts(path)[1] for path in in_rooms() if parts(path)[0] == room}
    text = (PACKAGE / room / "README.md").read_text()

    unsaid = {name for name in EXTRA[room] & there if f"`{name}" not in text}

    assert unsaid == set()


@pytest.mark.parametrize("room", [room for room in rooms() if room != "config"])
def test_a_room_has_a_readme(room: str) -> None:
    assert (PACKAGE / room / "README.md").is_file()


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = [*python_files("regulars/"), *python_files("tests/")]

    assert [shown(path) for path in named if FORBIDDEN & set(path.with_suffix("").parts)] == []


def test_package_files_are_empty() -> None:
    # Django looks for tables in `models` itself, so that folder names what its files hold.
    full = [
        shown(path)
        for path in python_files("regulars/")
        if path.name == "__init__.py" and path.parent.name != "models" and path.read_text().strip()
    ]

    assert full == []


def test_files_stay_short() -> None:
    long = [
        f"{shown(path)}: {count} lines"
        for path in python_files()
        if "migrations" not in path.parts
        if (count := len(path.read_text().splitlines())) > LIMIT
    ]

    assert long == []


def test_inside_a_room_imports_point_down() -> None:
    wrong = []
    for path in in_rooms():
        room, name = parts(path)[0], parts(path)[1]
        if room in FREE:
            continue
        for line, module in imports(path):
            match = re.match(rf"regulars\.{room}\.(\w+)", module)
            if match and RANK.get(match[1], 99) < RANK.get(name, -1):
                wrong.append(f"{shown(path)}:{line} imports {match[1]}")

    assert wrong == []


def test_another_room_is_entered_by_its_public_files() -> None:
    wrong = []
    for path in in_rooms():
        room = parts(path)[0]
        for line, module in imports(path):
            match = re.match(r"regulars\.(\w+)\.(\w+)", module)
            if not match or match[1] in OPEN | {room} or room == "config":
                continue
            if match[2] not in PUBLIC | OPENED.get(match[1], set()):
                wrong.append(f"{shown(path)}:{line} imports {match[1]}.{match[2]}")

    assert wrong == []


def test_doors_write_only_by_actions() -> None:
    doors = [
        path
        for path in in_rooms()
        if parts(path)[0] in {"desk", "portal", "api"} or parts(path)[1] == "views"
    ]
    writes = [
        f"{shown(path)}:{node.lineno} .{node.func.attr}("
        for path in doors
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
    ]

    assert doors
    assert writes == []


def test_the_linter_knows_every_room() -> None:
    contracts = {
        contract["id"]: contract
        for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
            "importlinter"
        ]["contracts"]
    }
    closed = {f"regulars.{room}" for room in rooms()} - {"regulars.engines"}

    assert [contract["ignore_imports"] for contract in contracts.values()] == [[], [], []]
    assert set(contracts["engines"]["source_modules"]) == closed
    assert set(contracts["expressions"]["source_modules"]) == closed - {
        "regulars.insight",
        "regulars.planning",
    }
