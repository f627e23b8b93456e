"""IPTC-IIM: the keywords, caption and date that older programs write beside EXIF."""

from collections.abc import Iterator

from album.pictures.claims import Claims
from album.pictures.values import date_of, text_of

_UTF8 = b"\x1b%G"
_CODED_CHARACTER_SET = (1, 90)
_TITLE, _KEYWORD, _DATE, _TIME, _HEADLINE, _CAPTION = (
    *((2, 5), (2, 25), (2, 55)),
    *((2, 60), (2, 105), (2, 120)),
)
IPTC_RESOURCE = 0x0404
_RECORDS = range(1, 10)
_LIMIT = 10_000


def find_resource(resources: bytes, wanted: int = IPTC_RESOURCE) -> bytes | None:
    """One of Photoshop's image resources (`8BIM`...); by default the IIM block."""
    at = 0
    while (at := resources.find(b"8BIM", at)) >= 0 and at + 12 <= len(resources):
        kind = int.from_bytes(resources[at + 4 : at + 6], "big")
        name_bytes = (resources[at + 6] + 2) & ~1  # a Pascal string, padded to an even length
        start = at + 6 + name_bytes + 4
        size = int.from_bytes(resources[start - 4 : start], "big")
        if kind == wanted:
            return resources[start : start + size]
        at = start + size
    return None


def read_iptc(block: bytes) -> Claims:
    """What an IIM block claims."""
    found: dict[tuple[int, int], list[bytes]] = {}
    for key, value in _datasets(block):
        found.setdefault(key, []).append(value)
    utf8 = found.get(_CODED_CHARACTER_SET, [b""])[0] == _UTF8

    def text(key: tuple[int, int]) -> str | None:
        return next(iter(_texts(found.get(key, [])[:1], utf8)), None)

    return Claims(
        taken=date_of(f"{text(_DATE) or ''}{(text(_TIME) or '')}"),
        title=text(_TITLE) or text(_HEADLINE),
        description=text(_CAPTION),
        keywords=tuple(dict.fromkeys(_texts(found.get(_KEYWORD, []), utf8))),
    )


def _datasets(block: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    at = 0
    for _ in range(_LIMIT):
        if at + 5 > len(block) or block[at] != 0x1C or block[at + 1] not in _RECORDS:
            return
        key = (block[at + 1], block[at + 2])
        size = int.from_bytes(block[at + 3 : at + 5], "big")
        at += 5
        if size & 0x8000:
            digits = min(size & 0x7FFF, 4)
            size = int.from_bytes(block[at : at + digits], "big")
            at += digits
        yield key, block[at : at + size]
        at += size


def _texts(values: list[bytes], utf8: bool) -> Iterator[str]:
    for value in values:
        try:
            decoded = value.decode("utf-8")  # many write UTF-8 without saying so
        except UnicodeDecodeError:
            decoded = (
                value.decode("utf-8", "replace") if utf8 else value.decode("cp1252", "replace")
            )
        if text := text_of(decoded):
            yield text
