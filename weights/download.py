"""One file over HTTP: resumed where it stopped, whole or not at all."""

from __future__ import annotations

import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from blendmask_live import __version__
from blendmask_live.errors import WeightsError

__all__ = ["Report", "download"]

BLOCK_BYTES = 1 << 18
TIMEOUT_S = 30.0
ATTEMPTS = 5
"""In a row without a single new byte, before we give up."""
Report = Callable[[int, int | None], None]
"""Called with bytes done and bytes in all (None: unknown)."""


class _Interrupted(Exception):
    """The connection ended before the file did."""


def download(url: str, path: Path, *, report: Report = lambda done, total: None) -> None:
    """Fetch a file; what was fetched earlier, in `path` with '.part', is not fetched again.

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
            # Nothing after what we have: a part of another, longer file. Begin again.
            part.unlink()
            raise _Interrupted("the part on disk did not fit") from error
        if error.code in (408, 429) or error.code >= 500:
            raise _Interrupted(f"HTTP {error.code}") from error
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
