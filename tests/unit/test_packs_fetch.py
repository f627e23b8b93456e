"""Fetching files of packs from a server on this machine that misbehaves as real ones do."""

import errno
import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from album.analysis.packs import PackFile
from album.analysis.packs.fetch import fetch
from album.cancel import CancelToken
from album.errors import EnvironmentProblem, Interrupted, PackProblem

pytestmark = pytest.mark.allow_network

CONTENT = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Site(ThreadingHTTPServer):
    """Serves CONTENT at /whole; other addresses go wrong in their own way."""

    asked: list[str | None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Pages(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.headers["Range"])
        pages: dict[str, Callable[[], None]] = {
            "/whole": self._whole,
            "/ranges": self._ranges,
            "/broken": lambda: self._send(200, CONTENT, CONTENT[:99_999]),
            "/unsaid": lambda: self._send(200, None, CONTENT * 3),
            "/away": lambda: self._send(302, b"", location=f"{self.server.url}/whole"),
        }
        pages.get(self.path, lambda: self.send_error(404))()

    def _whole(self) -> None:
        self._send(200, CONTENT)

    def _ranges(self) -> None:
        start = int((self.headers["Range"] or "bytes=0-")[6:-1])
        if start >= len(CONTENT):
            self.send_error(416)
        else:
            self._send(206 if start else 200, CONTENT[start:])

    def _send(
        self, code: int, said: bytes | None, sent: bytes | None = None, location: str = ""
    ) -> None:
        self.send_response(code)
        if said is not None:
            self.send_header("Content-Length", str(len(said)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        try:
            self.wfile.write(said or b"" if sent is None else sent)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its base calls it so)
        """Quietly."""


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(("127.0.0.1", 0), Pages) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def wanted(site: Site) -> Callable[..., PackFile]:
    def make(page: str, size_bytes: int = len(CONTENT), sha256: str = SHA256) -> PackFile:
        return PackFile(Path("w.bin"), size_bytes, sha256, url=f"{site.url}/{page}")

    return make


@pytest.fixture
def partial(tmp_path: Path) -> Path:
    return tmp_path / "w.bin.part"


Wanted = Callable[..., PackFile]


def silent(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def test_a_file_comes_whole_and_progress_ends_at_its_size(wanted: Wanted, partial: Path) -> None:
    steps: list[tuple[int, int]] = []
    fetch(wanted("whole"), partial, lambda *step: steps.append(step))
    assert partial.read_bytes() == CONTENT
    assert steps[-1] == (len(CONTENT), len(CONTENT))


def test_a_broken_download_goes_on_where_it_broke(
    site: Site, wanted: Wanted, partial: Path
) -> None:
    with pytest.raises(EnvironmentProblem, match="connection broke"):
        fetch(wanted("broken"), partial, silent)
    had = partial.stat().st_size
    assert had == 99_999
    fetch(wanted("ranges"), partial, silent)
    assert (site.asked, partial.read_bytes()) == ([None, f"bytes={had}-"], CONTENT)


def test_a_server_that_cannot_go_on_sends_all_again(wanted: Wanted, partial: Path) -> None:
    partial.write_bytes(b"an old beginning")
    fetch(wanted("whole"), partial, silent)
    assert partial.read_bytes() == CONTENT


def test_more_than_there_is_begins_anew(wanted: Wanted, partial: Path) -> None:
    partial.write_bytes(CONTENT + b"more")
    fetch(wanted("ranges"), partial, silent)
    assert partial.read_bytes() == CONTENT


def test_without_a_hash_no_beginning_is_kept(wanted: Wanted, partial: Path) -> None:
    with pytest.raises(EnvironmentProblem):
        fetch(wanted("broken", 0, ""), partial, silent)
    assert not partial.exists()


def test_another_size_than_it_should_have_is_refused_at_once(wanted: Wanted, partial: Path) -> None:
    with pytest.raises(PackProblem, match=r"256,000 bytes instead of 1,000"):
        fetch(wanted("whole", 1000), partial, silent)
    assert not partial.exists()


def test_a_stream_without_end_is_cut_off(wanted: Wanted, partial: Path) -> None:
    with pytest.raises(PackProblem, match="larger than it should be"):
        fetch(wanted("unsaid"), partial, silent)
    assert not partial.exists()


def test_a_redirect_to_anything_but_https_is_refused(wanted: Wanted, partial: Path) -> None:
    with pytest.raises(PackProblem, match="not https"):
        fetch(wanted("away"), partial, silent)


def test_what_is_not_there_is_said_so(wanted: Wanted, partial: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="404"):
        fetch(wanted("nowhere"), partial, silent)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/w.bin", "", "w.bin"])
def test_only_web_addresses_are_fetched(url: str, partial: Path) -> None:
    with pytest.raises(PackProblem, match="no web address"):
        fetch(PackFile(Path("w.bin"), 1, SHA256, url=url), partial, silent)


def test_without_a_server_the_network_is_to_blame(partial: Path) -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        file = PackFile(
            Path("w.bin"), 1, SHA256, url=f"http://127.0.0.1:{taken.getsockname()[1]}/w"
        )
        with pytest.raises(EnvironmentProblem, match="Check the network"):
            fetch(file, partial, silent)


def test_a_cancelled_download_ends_and_can_go_on(wanted: Wanted, partial: Path) -> None:
    token = CancelToken()
    with pytest.raises(Interrupted):
        fetch(wanted("whole"), partial, lambda *_: token.cancel(), token)
    assert 0 < partial.stat().st_size < len(CONTENT)


def test_a_full_disk_leaves_nothing(
    wanted: Wanted, partial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def tell(self) -> int:
            return 0

        def write(self, chunk: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    @contextmanager
    def opened(path: Path, mode: str) -> Iterator[Full]:
        path.touch()
        yield Full()

    monkeypatch.setattr(Path, "open", opened)
    with pytest.raises(OSError, match="No space left"):
        fetch(wanted("whole"), partial, silent)
    assert not partial.exists()
