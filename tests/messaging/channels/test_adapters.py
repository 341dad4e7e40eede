"""By which way mail leaves."""

import pytest

from regulars.messaging.channels.adapters import adapter_for
from regulars.messaging.choices import ServerKind
from regulars.messaging.models import MailServer
from regulars.team.models import Business

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("is_sample", "name"), [(True, "file"), (False, "smtp")])
def test_nothing_leaves_a_sample_whatever_server_is_set(
    business: Business, is_sample: bool, name: str
) -> None:
    Business.objects.filter(pk=business.pk).update(is_sample=is_sample)
    server = MailServer(
        kind=ServerKind.SMTP, host="mail.example", port=587, from_address="us@x.example"
    )

    assert adapter_for(server).name == name
