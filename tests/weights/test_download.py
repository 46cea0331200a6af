from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from blendmask_live.errors import WeightsError
from tests.weights.server import Behaviour
from weights.download import download

CONTENT = bytes(range(256)) * 4000


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(autouse=True)
def _content(behaviour: Behaviour) -> None:
    behaviour.content = CONTENT


def test_file_arrives_whole_and_progress_reaches_the_end(address: str, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    download(f"{address}/a.pth", tmp_path / "a.pth", report=lambda *step: seen.append(step))
    assert (tmp_path / "a.pth").read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT)) and seen == sorted(seen)
    assert _names(tmp_path) == ["a.pth"]


@pytest.mark.parametrize("resumes", [True, False])
def test_interruptions_are_overcome(
    behaviour: Behaviour, address: str, tmp_path: Path, resumes: bool
) -> None:
    behaviour.resumes, behaviour.cut_after = resumes, [1000, 300_000, 5]
    download(f"{address}/a.pth", tmp_path / "a.pth")
    assert (tmp_path / "a.pth").read_bytes() == CONTENT
    assert behaviour.requests[1] == ("/a.pth", "bytes=1000-")
    if resumes:
        assert [wanted for _, wanted in behaviour.requests[2:]] == [
            "bytes=301000-",
            "bytes=301005-",
        ]


def test_an_earlier_run_is_continued(behaviour: Behaviour, address: str, tmp_path: Path) -> None:
    (tmp_path / "a.pth.part").write_bytes(CONTENT[:777])
    download(f"{address}/a.pth", tmp_path / "a.pth")
    assert (tmp_path / "a.pth").read_bytes() == CONTENT
    assert behaviour.requests == [("/a.pth", "bytes=777-")]


def test_a_part_longer_than_the_file_is_started_again(
    behaviour: Behaviour, address: str, tmp_path: Path
) -> None:
    (tmp_path / "a.pth.part").write_bytes(CONTENT + b"more")
    download(f"{address}/a.pth", tmp_path / "a.pth")
    assert (tmp_path / "a.pth").read_bytes() == CONTENT


def test_a_file_shorter_than_announced_is_not_taken(
    behaviour: Behaviour, address: str, tmp_path: Path
) -> None:
    behaviour.announced_extra = 10
    behaviour.resumes = False
    with pytest.raises(WeightsError, match="run the same command again"):
        download(f"{address}/a.pth", tmp_path / "a.pth")
    assert _names(tmp_path) == ["a.pth.part"]


def test_redirects_are_followed_and_resumed(
    behaviour: Behaviour, address: str, tmp_path: Path
) -> None:
    behaviour.redirect_to, behaviour.cut_after = f"{address}/elsewhere/a", [100]
    download(f"{address}/a.pth", tmp_path / "a.pth")
    assert (tmp_path / "a.pth").read_bytes() == CONTENT
    assert behaviour.requests[-1] == ("/elsewhere/a", "bytes=100-")


def test_a_redirect_in_a_circle_is_refused(
    behaviour: Behaviour, address: str, tmp_path: Path
) -> None:
    behaviour.redirect_to = f"{address}/a.pth"
    with pytest.raises(WeightsError, match="302"):
        download(f"{address}/a.pth", tmp_path / "a.pth")


def test_a_missing_file_is_said_at_once(behaviour: Behaviour, address: str, tmp_path: Path) -> None:
    behaviour.statuses = [404]
    with pytest.raises(WeightsError, match=r"answers 404 Not Found; is the address right"):
        download(f"{address}/a.pth", tmp_path / "a.pth")
    assert len(behaviour.requests) == 1 and _names(tmp_path) == []


def test_a_busy_server_is_asked_again(behaviour: Behaviour, address: str, tmp_path: Path) -> None:
    behaviour.statuses = [503, 503]
    download(f"{address}/a.pth", tmp_path / "a.pth")
    assert (tmp_path / "a.pth").read_bytes() == CONTENT


def test_nobody_there_is_said_after_a_few_attempts(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="the connection broke"):
        download("http://127.0.0.1:1/a.pth", tmp_path / "a.pth")


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://x/y", "a.pth"])
def test_only_the_web_is_an_address(tmp_path: Path, url: str) -> None:
    with pytest.raises(WeightsError, match="begins with http"):
        download(url, tmp_path / "a.pth")


def test_pauses_grow_while_the_server_does_not_answer(
    behaviour: Behaviour, address: str, tmp_path: Path
) -> None:
    behaviour.statuses = [503] * 9
    pauses: list[float] = []
    with pytest.raises(WeightsError, match="503"):
        download(f"{address}/a.pth", tmp_path / "a.pth", pause=pauses.append)
    assert len(behaviour.requests) == 5 and len(pauses) == 4
    for number, seconds in enumerate(pauses):
        assert 0.5 * 2**number <= seconds <= 2**number


def test_pauses_of_different_runs_differ(
    behaviour: Behaviour, address: str, tmp_path: Path
) -> None:
    pauses: list[float] = []
    behaviour.statuses = [503, 503]
    download(f"{address}/a.pth", tmp_path / "a.pth", pause=pauses.append)
    behaviour.statuses = [503, 503]
    download(f"{address}/a.pth", tmp_path / "b.pth", pause=pauses.append)
    assert len(set(pauses)) == 4


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [
        ("7", 7, 7),
        ("0", 0, 0),
        ("in a minute", 1, 60),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0, 0),
        ("soon", 0.5, 1),
        ("-3", 0.5, 1),
    ],
)
def test_the_server_says_when_to_come_back(
    behaviour: Behaviour, address: str, tmp_path: Path, retry_after: str, least: float, most: float
) -> None:
    if retry_after == "in a minute":
        retry_after = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    behaviour.statuses, behaviour.retry_after = [429], retry_after
    pauses: list[float] = []
    download(f"{address}/a.pth", tmp_path / "a.pth", pause=pauses.append)
    (seconds,) = pauses
    assert least <= seconds <= most
    assert (tmp_path / "a.pth").read_bytes() == CONTENT


def test_a_server_that_wants_a_long_wait_is_named(
    behaviour: Behaviour, address: str, tmp_path: Path
) -> None:
    behaviour.statuses, behaviour.retry_after = [503], "86400"
    pauses: list[float] = []
    with pytest.raises(WeightsError, match="come back in 86400 s"):
        download(f"{address}/a.pth", tmp_path / "a.pth", pause=pauses.append)
    assert pauses == []


def test_a_connection_that_brings_something_is_taken_up_at_once(
    behaviour: Behaviour, address: str, tmp_path: Path
) -> None:
    behaviour.cut_after = [1000, 1000]
    pauses: list[float] = []
    download(f"{address}/a.pth", tmp_path / "a.pth", pause=pauses.append)
    assert set(pauses) == {0.0}
