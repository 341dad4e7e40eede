"""Secrets at rest (RELIABILITY K1)."""

from pathlib import Path

import pytest
from django.conf import settings

from regulars.core import keys
from regulars.core.actor import COMMAND
from regulars.core.secrets import SecretLost, change_key, open_secret, seal_secret
from tests.factories.customers import A_DAY


@pytest.mark.parametrize("plain", ["s3cret", "", "ü € 用户", "x" * 5000])
def test_a_sealed_secret_opens_again_and_tells_nothing(plain: str) -> None:
    sealed = seal_secret(plain)

    assert open_secret(sealed) == plain
    assert not plain or plain not in sealed
    assert seal_secret(plain) != sealed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[:-4] + "AAA=", lambda sealed: "2" + sealed[1:],
        lambda sealed: "1." + "A" * 20, lambda _sealed: "", lambda _sealed: "plain text",
        lambda _sealed: "99.AAAA",
    ],
)  # fmt: skip
def test_what_is_not_ours_does_not_open(spoil: object) -> None:
    with pytest.raises(SecretLost):
        open_secret(spoil(seal_secret("s3cret")))  # type: ignore[operator]


def test_without_its_key_a_secret_is_lost_and_says_so() -> None:
    sealed = seal_secret("s3cret")
    (Path(settings.HOME) / "keys" / "secrets.key").unlink()
    keys.forget_kept()

    with pytest.raises(SecretLost):
        open_secret(sealed)


@pytest.mark.django_db
def test_after_a_change_of_keys_old_secrets_open_and_new_ones_name_the_new_key() -> None:
    old = seal_secret("s3cret")

    change_key(by=COMMAND, at=A_DAY)

    assert open_secret(old) == "s3cret"
    assert (old[:2], seal_secret("s3cret")[:2]) == ("1.", "2.")
