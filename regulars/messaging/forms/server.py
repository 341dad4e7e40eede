"""Checking what is typed about the mail server and the sender."""

from ipaddress import ip_address
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.messaging.actions.server import Described, needs_password_again
from regulars.messaging.choices import Security, ServerKind
from regulars.messaging.mime import HeaderRefused, domain_on_the_wire, encoded, wire_address
from regulars.messaging.models import MailServer


class ServerForm(forms.Form):
    """How mail leaves, and in whose name. The password is only ever written, never shown."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How mail leaves"), choices=ServerKind.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    host = forms.CharField(
        label=gettext_lazy("Name of the server"), max_length=255, required=False,
        help_text=gettext_lazy("For example smtp.your-provider.com"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Security.choices)
    username = forms.CharField(
        label=gettext_lazy("User"), max_length=255, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("Password"), max_length=500, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
    )  # fmt: skip
    from_name = forms.CharField(
        label=gettext_lazy("Name of the sender"), max_length=120, required=False,
        help_text=gettext_lazy("Left empty: the name of the business."),
    )  # fmt: skip
    from_address = forms.CharField(
        label=gettext_lazy("Address of the sender"), max_length=254, required=False,
        widget=forms.EmailInput(),
    )  # fmt: skip
    reply_to = forms.CharField(
        label=gettext_lazy("Answers go to"), max_length=254, required=False,
        help_text=gettext_lazy("Left empty: to the sender."), widget=forms.EmailInput(),
    )  # fmt: skip
    pace = forms.IntegerField(
        label=gettext_lazy("At most so many a minute"), required=False, min_value=1,
        max_value=100_000,
        help_text=gettext_lazy("Left empty: as fast as the server takes them."),
    )  # fmt: skip

    def __init__(self, typed: Any = None, *, server: MailServer) -> None:
        self.server = server
        super().__init__(typed, initial={n: getattr(server, n) for n in Described.__slots__})
        if server.password_sealed:
            self.fields["password"].help_text = _(
                "One is kept, and never shown. Left empty, it stays."
            )

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"]).strip()
        if host and not _is_address(host):
            _checked(domain_on_the_wire, host, _("This is not the name of a server."))
        return host

    def clean_from_name(self) -> str:
        name = str(self.cleaned_data["from_name"]).strip()
        _checked(encoded, name, _("A name has no line ends."))
        return name

    def clean_from_address(self) -> str:
        return _address(self.cleaned_data["from_address"])

    def clean_reply_to(self) -> str:
        return _address(self.cleaned_data["reply_to"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == ServerKind.SMTP:
            self._demand("host", _("Which server takes the mail?"))
            self._demand("from_address", _("From which address does it come?"))
            self._check_encryption(cleaned)
            self._check_password(cleaned)
        return cleaned

    def _demand(self, name: str, sentence: str) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, sentence)

    def _check_encryption(self, cleaned: dict[str, Any]) -> None:
        host = cleaned.get("host", "")
        if cleaned.get("security") == Security.NONE and host and not _is_here(host):
            self.add_error(
                "security",
                _("Without encryption only a server on this computer itself is used."),
            )

    def _check_password(self, cleaned: dict[str, Any]) -> None:
        """The kept one goes to the server it was given for, and to no other."""
        if not cleaned.get("username") or cleaned.get("password") or self.errors:
            return
        before = {name: getattr(self.server, name) for name in Described.__slots__}
        if not self.server.password_sealed or needs_password_again(before, cleaned):
            self.add_error(
                "password",
                _("Enter the password: one is kept for each server and user, and for no other."),
            )

    def described(self) -> Described:
        return Described(**{name: self.cleaned_data[name] for name in Described.__slots__})


class TextsForm(forms.Form):
    """By which provider text messages leave."""

    gateway = forms.CharField(
        label=gettext_lazy("The provider’s domain for texts"), max_length=190, required=False,
        help_text=gettext_lazy(
            "For example sms.your-provider.com. Left empty, no text messages leave."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_gateway(self) -> str:
        typed = str(self.cleaned_data["gateway"]).strip().rpartition("@")[2].casefold()
        if not typed:
            return ""
        said = _("This is not a domain: write what stands behind the @ at your provider.")
        _checked(domain_on_the_wire, typed, said)
        if "." not in typed:
            raise forms.ValidationError(said)
        return domain_on_the_wire(typed)


def _address(text: str) -> str:
    address = text.strip()
    if address:
        _checked(wire_address, address, _("This is not an address that mail can carry."))
    return address


def _checked(check: Any, value: str, sentence: str) -> None:
    try:
        check(value)
    except HeaderRefused as error:
        raise forms.ValidationError(sentence) from error


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_here(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)
