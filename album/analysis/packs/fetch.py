"""Fetching one file of a pack: bounded in size and time, resumed where that is safe."""

import http.client
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import urlsplit

from album import __version__
from album.analysis.packs.pack import PackFile
from album.cancel import CancelToken
from album.errors import EnvironmentProblem, PackProblem

ANSWER_WITHIN_S = 30.0
"""How long a server may say nothing."""
ALL_WITHIN_S = 3600.0
MOST_BYTES = 4_000_000_000
"""No pack is larger."""
_LEEWAY = 1.25
"""How much larger than «about so much» a file may be."""
_CHUNK_BYTES = 1 << 16

Progress = Callable[[int, int], None]
"""Told how many bytes are there, of about how many (0: nobody knows)."""

_log = logging.getLogger(__name__)


class _Answer(Protocol):
    """What is used of an HTTP answer."""

    status: int
    headers: Message

    def read(self, size: int) -> bytes: ...


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects to https only."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme != "https":
            raise PackProblem(f"{req.full_url} leads on to {newurl}, which is not https.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type] # typeshed: HTTPMessage, which is what comes


def fetch(
    file: PackFile, partial: Path, progress: Progress, token: CancelToken | None = None
) -> None:
    """Bring a file to `partial`, which may hold the beginning of it from an earlier try.

    It is checked by nobody yet. What came is kept when the connection breaks and the file's hash is
    known, so that the next try goes on there; else it is taken away.

    Args:
        file: `url` says where it is.
        partial: where to.
        progress: called at each piece.
        token: ends it with Interrupted.

    PackProblem when the server has something else; EnvironmentProblem when there is no network, no
    room, or it takes too long.
    """
    if urlsplit(file.url).scheme not in {"http", "https"}:
        raise PackProblem(f"{file.url or file.path.name} is no web address.")
    try:
        with _said_plainly(file.url):
            _go_on_or_begin(file, partial, progress, token or CancelToken())
    except BaseException as error:
        disk_is_full = isinstance(error, OSError)
        if isinstance(error, PackProblem) or disk_is_full or not (file.sha256 or file.md5):
            partial.unlink(missing_ok=True)
        raise


def _go_on_or_begin(file: PackFile, partial: Path, progress: Progress, token: CancelToken) -> None:
    try:
        _transfer(file, partial, progress, token)
    except urllib.error.HTTPError as error:
        if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or not partial.exists():
            raise
        error.close()
        partial.unlink()
        _transfer(file, partial, progress, token)


def _transfer(file: PackFile, partial: Path, progress: Progress, token: CancelToken) -> None:
    until_s = time.monotonic() + ALL_WITHIN_S
    with _opened(file.url, partial.stat().st_size if partial.exists() else 0) as answer:
        resumed = answer.status == HTTPStatus.PARTIAL_CONTENT
        with partial.open("ab" if resumed else "wb") as out:
            done = out.tell()
            length = answer.headers.get("Content-Length", "")
            total = done + int(length) if length.isdecimal() else 0
            _check_size(file, total)
            while chunk := answer.read(_CHUNK_BYTES):
                token.check()
                out.write(chunk)
                done += len(chunk)
                progress(done, total or file.size_bytes or file.about_bytes)
                if done > _most(file):
                    raise PackProblem(f"{file.url} is larger than it should be.")
                if time.monotonic() > until_s:
                    raise EnvironmentProblem(f"{file.url} did not come within an hour.")
    if total and done < total:
        raise http.client.IncompleteRead(b"", total - done)


@contextmanager
def _opened(url: str, start: int) -> Iterator[_Answer]:
    """The answer of the server, from byte `start` on if it does that."""
    headers = {"User-Agent": f"albumen/{__version__}", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 (http or https: see fetch)
    opener = urllib.request.build_opener(_SafeRedirects)
    with opener.open(request, timeout=ANSWER_WITHIN_S) as answer:
        yield answer


def _most(file: PackFile) -> float:
    return file.size_bytes or _LEEWAY * file.about_bytes or MOST_BYTES


def _check_size(file: PackFile, total: int) -> None:
    """PackProblem when the server announces something of another size."""
    if total and (total > _most(file) or (file.size_bytes and total != file.size_bytes)):
        wanted = f"{file.size_bytes or file.about_bytes:,}"
        raise PackProblem(
            f"{file.url} has {total:,} bytes instead of {'' if file.size_bytes else 'about '}"
            f"{wanted}; nothing was installed.",
            advice="Check the address; it may have moved.",
        )


@contextmanager
def _said_plainly(url: str) -> Iterator[None]:
    """What the network says, as a person would."""
    try:
        yield
    except urllib.error.HTTPError as error:
        raise EnvironmentProblem(
            f"{url} could not be fetched: the server says {error.code} {error.reason}.",
            advice="Fetch the file yourself and install it from there.",
        ) from error
    except (http.client.IncompleteRead, ConnectionError, TimeoutError) as error:
        _log.info("fetching %s: %s", url, error)
        raise EnvironmentProblem(
            f"The connection broke before all of {url} was there.",
            advice="Try again: what has come is kept where that is safe.",
        ) from error
    except urllib.error.URLError as error:
        raise EnvironmentProblem(
            f"{url} could not be reached: {getattr(error.reason, 'strerror', error.reason)}.",
            advice="Check the network, or fetch the file elsewhere and install it from there.",
        ) from error
    except http.client.HTTPException as error:
        raise EnvironmentProblem(f"{url} could not be fetched: {error!r}.") from error
