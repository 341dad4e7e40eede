import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from click.testing import CliRunner
from django.test import Client

from regulars.cli.main import main
from regulars.cli.team import sign_in_address
from regulars.team.models import Member
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db


def test_without_an_owner_the_address_makes_the_first_account() -> None:
    address = sign_in_address("http://localhost:8000/")

    assert address.startswith("http://localhost:8000/team/first/")
    assert Client().get(address.removeprefix("http://localhost:8000")).status_code == 200


def test_with_an_owner_the_address_signs_the_first_one_in() -> None:
    nora = make_member("owner")
    client = Client()

    address = sign_in_address("http://localhost:8000")
    client.post(address.removeprefix("http://localhost:8000"))

    assert client.session["_auth_user_id"] == str(nora.pk)


def test_the_command_prints_a_link_for_one_member() -> None:
    make_member("owner")
    priya = make_member("helper", email="priya@x.example")
    client = Client()

    done = CliRunner().invoke(main, ["sign-in", "--member", "Priya@x.example", "--json"])
    client.post(json.loads(done.stdout)["address"].removeprefix("http://127.0.0.1:8000"))

    assert done.exit_code == 0
    assert client.session["_auth_user_id"] == str(priya.pk)


def test_the_command_refuses_somebody_unknown() -> None:
    done = CliRunner().invoke(main, ["sign-in", "--member", "nobody@x.example"])

    assert done.exit_code == 1
    assert "Nobody on the team has the address nobody@x.example." in done.stderr
    assert done.stdout == ""


def test_the_command_drops_a_lost_second_step() -> None:
    nora, priya = make_member("owner"), make_member("helper", email="priya@x.example")
    for member in (nora, priya):
        TOTP.activate(member, "JBSWY3DPEHPK3PXP")

    done = CliRunner().invoke(
        main, ["sign-in", "--member", "priya@x.example", "--drop-second-step"]
    )

    assert done.exit_code == 0
    assert list(Authenticator.objects.values_list("user_id", flat=True)) == [nora.pk]
    assert Member.objects.get(pk=priya.pk).auth_epoch == 1
