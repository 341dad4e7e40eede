"""The one mail to whoever asked to hear from us: was it you?"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.models import OptInRequest
from regulars.messaging.actions.messages import write_confirmation
from regulars.messaging.models import Message, TemplateVersion
from regulars.messaging.texts import compile_version


@transaction.atomic
def ask_to_confirm(request_id: int, *, at: datetime) -> Message | None:
    """Write the mail with the button that makes a request count, once for each request."""
    request = OptInRequest.objects.filter(pk=request_id).first()
    if request is None or request.confirmed_at is not None or request.expires_at <= at:
        return None
    return write_confirmation(request, version=_version(at), at=at)


def _version(at: datetime) -> TemplateVersion:
    """The built-in text, kept once in each wording and language that was ever used."""
    subject = _("Shall we write to you?")
    # The letter names nobody: the address was typed by somebody whom we do not know yet.
    body = _(
        "Somebody, and we hope it was you, asked us to write to this address.\n\n"
        "[Yes, write to me]({{ confirm_url }})\n\n"
        "The link leads to a page that says what you would hear about, and it waits three days.\n\n"
        "It was not you? Then do nothing. Without that press nobody writes to you.\n\n"
        "{{ business_name }}\n"
    )
    made = compile_version(subject, "", body, "")
    known = TemplateVersion.objects.filter(template=None, sha256=made.sha256, purpose="serve")
    return known.first() or TemplateVersion.objects.create(
        purpose="serve", subject=subject, body=body, html=made.html, text=made.text,
        fields=list(made.fields), has_links=made.has_links, sha256=made.sha256, created_at=at,
    )  # fmt: skip
