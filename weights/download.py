"""One file over HTTP: resumed where it stopped, whole or not at all."""

from __future__ import annotations

import http.client
import random
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import sleep

from blendmask_live import __version__
from blendmask_live.errors import WeightsError

__all__ = ["Report", "download"]

BLOCK_BYTES = 1 << 18
TIMEOUT_S = 30.0
ATTEMPTS = 5
"""In a row without a single new byte, before we give up."""
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 120.0
"""Nobody waits longer in front of a command."""
Report = Callable[[int, int | None], None]
"""Called with bytes done and bytes in all (None: unknown)."""


class _Interrupted(Exception):
    """The connection ended before the file did; the server may say when to come back."""

    def __init__(self, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


def download(
    url: str,
    path: Path,
    *,
    report: Report = lambda done, total: None,
    pause: Callable[[float], None] | None = None,
) -> None:
    """Fetch a file; what was fetched earlier, in `path` with '.part', is not fetched again.

    Between attempts without a new byte it waits twice as long each time, or as long as the
    server asks.

    Args:
        url: Of the file.
        path: Where to.
        report: See `Report`.
        pause: Waits so many seconds; `time.sleep` where absent.

    Raises:
        WeightsError: If the address is wrong, the server refuses, or the connection breaks
            again and again; what was fetched is kept for the next time.
    """
    if not url.startswith(("http://", "https://")):
        raise WeightsError(f"{url}: expected an address that begins with http:// or https://")
    part = path.with_name(path.name + ".part")
    failures = 0
    while True:
        before = _size(part)
        try:
            _continue(url, part, report)
            part.replace(path)
            return
        except _Interrupted as error:
            failures = 0 if _size(part) > before else failures + 1
            if failures == ATTEMPTS:
                raise WeightsError(
                    f"{url}: the connection broke ({error.__cause__ or error}) after "
                    f"{_size(part)} bytes; run the same command again to go on from there"
                ) from error
            if (seconds := _pause_s(failures, error.retry_after_s)) > LONGEST_PAUSE_S:
                raise WeightsError(
                    f"{url}: the server asks to come back in {seconds:.0f} s; run the same command "
                    "again then"
                ) from error
            (pause or sleep)(seconds)
        except OSError as error:
            raise WeightsError(f"{part}: cannot be written ({error.strerror})") from error


def _continue(url: str, part: Path, report: Report) -> None:
    """Append to `part` until the file is complete."""
    done = _size(part)
    headers = {"User-Agent": f"blendmask-live/{__version__}", "Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    try:
        response = urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=TIMEOUT_S
        )
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and done:
            # The server has nothing after our part, so it is of another, longer file: begin again.
            part.unlink()
            raise _Interrupted("the part on disk did not fit") from error
        if error.code in (408, 429) or error.code >= 500:
            raise _Interrupted(f"HTTP {error.code}", _retry_after_s(error.headers)) from error
        raise WeightsError(
            f"{url}: the server answers {error.code} {error.reason}; is the address right?"
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise _Interrupted(_reason(error)) from error
    with response:
        start = _start_of(response)
        if start not in (0, done):
            raise WeightsError(f"{url}: the server sends from byte {start}, asked from {done}")
        total = _total_of(response, start)
        _append(response, part, start, total, report)


def _append(
    response: http.client.HTTPResponse, part: Path, start: int, total: int | None, report: Report
) -> None:
    done = start
    # A server that cannot resume sends everything again.
    with part.open("r+b" if start else "wb") as file:
        file.seek(start)
        while True:
            try:
                block = response.read(BLOCK_BYTES)
            except (OSError, http.client.HTTPException) as error:
                raise _Interrupted(_reason(error)) from error
            if not block:
                break
            file.write(block)
            done += len(block)
            report(done, total)
    if total is not None and done < total:
        raise _Interrupted(f"{done} of {total} bytes")
    if total is not None and done > total:
        part.unlink()
        raise WeightsError(f"{part.stem}: {done} bytes came where {total} were announced")


def _pause_s(failures: int, retry_after_s: float | None) -> float:
    """Before the next attempt; at random, so that many clients do not come back together."""
    if retry_after_s is not None:
        return retry_after_s
    return random.uniform(0.5, 1.0) * FIRST_PAUSE_S * 2 ** (failures - 1) if failures else 0.0


def _retry_after_s(headers: Message) -> float | None:
    """Seconds that the server asks for, as a number or a date; None if it does not."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    # A date without a zone is UTC by the standard.
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _start_of(response: http.client.HTTPResponse) -> int:
    if response.status != 206:
        return 0
    match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(match[1]) if match else -1


def _total_of(response: http.client.HTTPResponse, start: int) -> int | None:
    match = re.search(r"/(\d+)$", response.headers.get("Content-Range", ""))
    if match:
        return int(match[1])
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else None


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _reason(error: BaseException) -> str:
    return str(getattr(error, "reason", "") or error) or type(error).__name__
