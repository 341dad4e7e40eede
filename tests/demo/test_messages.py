"""What the sample wrote can be tried again, as anything else can."""

from datetime import datetime

import pytest

from regulars.demo.messaging import Reached, attempts_of, message_to
from regulars.messaging.choices import State
from tests.factories.customers import make_customer
from tests.factories.messaging import make_version

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
def test_the_next_attempt_has_a_number_of_its_own(state: State, at: datetime) -> None:
    ruth = make_customer("Ruth Calloway", email="ruth@x.example")
    one = Reached(ruth.pk, "ruth@x.example", "seal", "granted")
    message = message_to(one, make_version(), "manual:demo-1", at, by=None, state=state)

    assert [attempt.epoch for attempt in attempts_of([message])] == [message.lease_epoch]
