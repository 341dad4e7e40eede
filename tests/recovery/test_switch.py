"""The switch over every path by which a message can leave: random days, and a walk of the code."""

import ast
from collections.abc import Iterator

import pytest
from django.db import transaction

from regulars.core import faults, instance
from regulars.core.models import Instance
from regulars.messaging import sending
from regulars.messaging.models import Rules
from regulars.messaging.posting import PostOffice
from regulars.messaging.queries import the_server
from regulars.team.models import Business
from tests.house.tree import python_files, shown, tree
from tests.recovery.schedules import NOON, Day, die, disarm

SCHEDULES, AT_A_TIME, EXTRA = 100, 25, 4
URL = "https://bakery.example"
# Each place in the code that makes something leave, and what happens in those days by it.
M = "regulars/messaging/"
PATHS = {
    (f"{M}actions/mailings.py", "approve_mailing"): "mailing sells",
    (f"{M}actions/mailings.py", "resume_mailing"): "resume",
    (f"{M}actions/many_messages.py", "write_to_each"): "each sells",
    (f"{M}actions/messages.py", "_leave_again"): "again",
    (f"{M}actions/messages.py", "write_confirmation"): "opt in",
    (f"{M}actions/messages.py", "write_message"): "single sells",
    (f"{M}actions/waiting.py", "_asked_again"): "end",
    (f"{M}expanding.py", "_insert"): "mailing sells",
    (f"{M}expanding.py", "_insert_by_copy"): "mailing sells",
    (f"{M}settling.py", "_settle"): "kill",
    (f"{M}settling.py", "take_up"): "kill",
}
WRITES = ("Message.objects.create(", "Message.objects.get_or_create(",
          "Message.objects.bulk_create(", "INSERT INTO messaging_message")  # fmt: skip


@pytest.fixture
def house(business: Business, settings: object) -> Iterator[None]:
    settings.PUBLIC_URL = URL  # type: ignore[attr-defined]
    instance.settle_identity()
    Instance.objects.update(public_url=URL, public_url_proved_at=NOON)
    instance.forget_seen()
    Rules.objects.create(
        pk=1, contacts_a_week=None, emails_a_week=None, texts_a_week=None, serve_per_sell=0
    )
    yield
    disarm()


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_A_TIME))
def test_nothing_sells_while_it_is_on_and_only_the_confirmed_goes_on(
    house: None, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """Must show: 0 selling messages while on, service all goes, back exactly the confirmed."""
    play_days(first, monkeypatch)


def play_days(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_act", die)
    office = PostOffice(the_server())
    monkeypatch.setattr(sending, "PostOffice", lambda _server: office)
    days = []
    for seed in range(first, first + AT_A_TIME):
        with transaction.atomic():
            day = Day(seed)
            monkeypatch.setattr(sending, "adapter_for", lambda _server, day=day: day.carrier)
            day.play(EXTRA)
            days.append(day)
            transaction.set_rollback(True)
    # Days on which nothing was sold, or nothing kept back, would show nothing.
    assert sum(day.sold for day in days) > AT_A_TIME / 2
    assert sum(len(day.never) for day in days) > AT_A_TIME / 5


def test_every_path_that_the_code_has_is_walked_in_those_days(house: None) -> None:
    """A new way to write a message, to make one ready or to start a mailing is added here."""
    found = {
        (shown(path), function.name)
        for path in python_files("regulars/")
        if not shown(path).startswith("regulars/demo/")
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef) and lets_leave(function)
    }

    assert found == set(PATHS)
    assert set(PATHS.values()) <= set(Day(0).steps())


def lets_leave(function: ast.FunctionDef) -> bool:
    text = ast.unparse(function)
    return any(words in text for words in WRITES) or any(
        _makes_ready(node) or _starts_mailing(node) for node in ast.walk(function)
    )


def _makes_ready(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    is_move = ast.unparse(node.func).rpartition(".")[2] in ("move", "transition")
    return is_move and any(ast.unparse(one) == "State.READY" for one in node.args)


def _starts_mailing(node: ast.AST) -> bool:
    """`mailing.state, … = MailingState.RUNNING, …` or `.update(state=MailingState.RUNNING)`."""
    if isinstance(node, ast.Assign):
        return "MailingState.RUNNING" in ast.unparse(node.value) and ".state" in ast.unparse(
            node.targets[0]
        )
    is_update = isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".update")
    return is_update and any(
        one.arg == "state" and ast.unparse(one.value) == "MailingState.RUNNING"
        for one in getattr(node, "keywords", [])
    )
