import pytest

from regulars.cli import running


@pytest.mark.parametrize("count", [0, 1, 2])
def test_under_one_parent_as_many_send_as_is_set(settings: object, count: int) -> None:
    settings.SENDERS = count  # type: ignore[attr-defined]

    started = running._workers()

    sending = [command for command in started.values() if command[-2:] == ["send", "--keep-on"]]
    assert len(sending) == count
    assert started["worker"][-1] == "--jobs-only"
