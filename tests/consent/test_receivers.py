import pytest

from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState
from regulars.consent.receivers import FromFiles
from regulars.core.actor import SYSTEM
from regulars.core.column_sets import Said, Terms, consent_takers
from tests.factories.consent import make_decision
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db

TERMS = Terms(7, "till", "GBP", "UTC", "GB", frozenset({"customers"}), A_DAY, SYSTEM)


def test_files_lower_permission_and_never_raise_it() -> None:
    agreed, refused, unknown = (make_customer(f"Customer {n}") for n in range(3))
    make_decision(agreed, decision=Decision.GRANTED)
    make_decision(refused, decision=Decision.WITHDRAWN)
    said = [Said(one.pk, "email", is_yes=True) for one in (agreed, refused, unknown)]

    assert FromFiles().would_change(said) == {unknown.pk}
    FromFiles().take(said, TERMS)

    standing = dict(ConsentState.objects.values_list("customer_id", "decision"))
    assert standing == {
        agreed.pk: "granted", refused.pk: "withdrawn", unknown.pk: "claimed",
    }  # fmt: skip


def test_a_no_in_a_file_counts_at_once() -> None:
    customer = make_customer()
    make_decision(customer, decision=Decision.GRANTED)
    said = [Said(customer.pk, "email", is_yes=False)]

    assert FromFiles().would_change(said) == {customer.pk}
    FromFiles().take(said, TERMS)
    FromFiles().take(said, TERMS)

    assert ConsentState.objects.get().decision == "withdrawn"
    assert ConsentEvent.objects.count() == 2
    assert ConsentEvent.objects.latest("id").source == "import 7: till"


def test_intake_asks_consent() -> None:
    assert "consent" in consent_takers
