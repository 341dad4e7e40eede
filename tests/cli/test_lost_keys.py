"""A key that is gone, or damaged, stops every command before anything is made with another."""

from pathlib import Path
from typing import Any

import pytest

from regulars.cli import safety
from regulars.cli.readiness import with_database
from regulars.consent.actions import suppress
from regulars.consent.choices import Stopped
from regulars.core import keys
from regulars.core.errors import Refusal
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db(transaction=True)


@with_database
def command() -> str:
    return "did"


@pytest.fixture
def key_file(settings: Any) -> Path:
    return Path(settings.HOME) / "keys" / "addresses.key"


def test_where_nothing_is_sealed_there_may_be_no_key(key_file: Path) -> None:
    assert command() == "did"
    assert not key_file.exists()


@pytest.mark.parametrize("known", ["customer", "closed"])
def test_a_lost_key_is_not_made_anew(key_file: Path, known: str, at: Any) -> None:
    if known == "customer":
        make_customer("Ruth Calloway", email="ruth@x.example")
    else:
        suppress("email", "a" * 32, Stopped.BOUNCED, at=at)
    key_file.unlink(missing_ok=True)
    keys.forget_kept()

    with pytest.raises(Refusal, match=r"keys/addresses\.key") as refused:
        command()

    assert "backup" in refused.value.remedy
    assert not key_file.exists()
    assert any("keys/addresses.key" in one.sentence for one in safety.findings())


def test_a_damaged_key_is_said_at_the_start(key_file: Path) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example")
    assert command() == "did"
    key_file.write_text("")
    keys.forget_kept()

    with pytest.raises(Refusal, match="is damaged"):
        command()
