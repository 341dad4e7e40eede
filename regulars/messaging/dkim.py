"""Signing mail by DKIM (RFC 6376, rsa-sha256, relaxed/relaxed), with a key read once."""

import re
from base64 import b64encode
from hashlib import sha256
from time import time

KEY_BITS = 2048
# RFC 6376, 5.4.1, and RFC 8058, 4, which wants both lines for leaving a list covered.
SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "list-unsubscribe",
    "list-unsubscribe-post", "mime-version", "content-type",
)  # fmt: skip
_FIELD = re.compile(rb"([^\s:]+)[ \t]*:((?:.*\r\n)(?:[ \t].*\r\n)*)")
_SPACES = re.compile(rb"[ \t]+")
_FOLDS = re.compile(rb"\r\n(?=[ \t])")
# Where a canonical body differs from the body as it is; ours, all base64, has none of these.
_UNEVEN = re.compile(rb"\t|  |[ \t]\r\n")
_ENDS = re.compile(rb"[ \t]+\r\n")
_CHARACTERS_A_LINE = 70


class Signer:
    """Signs in the name of a domain, with the key whose public half stands in its DNS."""

    def __init__(self, domain: str, selector: str, private_key_pem: str) -> None:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import rsa

        key = serialization.load_pem_private_key(private_key_pem.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("DKIM signs with an RSA key here.")
        self._key = key
        self._tags = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector};"

    def sign(self, raw: bytes, *, at: int | None = None) -> bytes:
        """The mail with its signature in front."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        head, _blank, body = raw.partition(b"\r\n\r\n")
        names, lines = _signed_lines(head + b"\r\n")
        digest = b64encode(sha256(canonical_body(body)).digest()).decode()
        moment = int(time()) if at is None else at
        value = (
            f"{self._tags} t={moment};\r\n h={names};\r\n bh={digest};\r\n b="
        )  # fmt: skip
        own = canonical_field(b"dkim-signature", b" " + value.encode())
        signed = self._key.sign(
            b"".join(lines) + own.removesuffix(b"\r\n"), padding.PKCS1v15(), hashes.SHA256()
        )
        return b"".join((b"DKIM-Signature: ", value.encode(), _folded(signed), b"\r\n", raw))


def _signed_lines(head: bytes) -> tuple[str, list[bytes]]:
    found = {name.lower(): value for name, value in _FIELD.findall(head)}
    present = [name for name in SIGNED if name.encode() in found]
    lines = [canonical_field(name.encode(), found[name.encode()]) for name in present]
    # Named once more than it is there: a second sender's name would break the signature.
    return ":".join([*present, "from"]), lines


def canonical_field(name: bytes, value: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    unfolded = _FOLDS.sub(b"", value)
    return b"%b:%b\r\n" % (name, _SPACES.sub(b" ", unfolded).strip(b" \r\n"))


def canonical_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    if _UNEVEN.search(body):
        body = _SPACES.sub(b" ", _ENDS.sub(b"\r\n", body)).replace(b" \r\n", b"\r\n").rstrip(b" ")
    if not body:
        return b""
    stripped = body.rstrip(b"\r\n")
    return stripped + b"\r\n" if stripped else b""


def _folded(signature: bytes) -> bytes:
    whole = b64encode(signature)
    size = _CHARACTERS_A_LINE
    return b"\r\n ".join(whole[start : start + size] for start in range(0, len(whole), size))


# Keys


def new_key() -> str:
    """A fresh private key, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def record_of(private_key_pem: str) -> str:
    """What to publish as TXT under `<selector>._domainkey.<domain>`."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(private_key_pem.encode(), password=None)
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"
