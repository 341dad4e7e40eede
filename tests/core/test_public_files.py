import pytest
from django.conf import settings

from regulars.core.public_files import publish_file, published_files, withdraw_file


def test_a_file_is_put_out_once_and_taken_away() -> None:
    first = publish_file("bulletins/after-the-fire", b"<p>one</p>", kind="page")
    same = publish_file("bulletins/after-the-fire", b"<p>one</p>", kind="page")
    place = settings.HOME / "public" / "bulletins" / "after-the-fire.html"

    assert (first, same, place.read_bytes()) == (True, False, b"<p>one</p>")
    assert place.stat().st_mode & 0o777 == 0o644
    assert published_files("bulletins", kind="page") == {"bulletins/after-the-fire"}
    assert withdraw_file("bulletins/after-the-fire", kind="page") is True
    assert withdraw_file("bulletins/after-the-fire", kind="page") is False
    assert list(place.parent.iterdir()) == []


@pytest.mark.parametrize("path", ["../secret_key", "a//b", ".lock", "a/.b", "/etc/x", "A", ""])
def test_nothing_is_written_anywhere_else(path: str) -> None:
    with pytest.raises(ValueError, match="no path of a public file"):
        publish_file(path, b"", kind="page")
