"""Nonsense in files becomes None, sense becomes values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.pictures.claims import Claims, camera_name, merge
from album.pictures.iptc import find_resource, read_iptc
from album.pictures.values import (
    date_of,
    iso6709,
    mac_date,
    position,
    rating_of,
    ratio_of,
    text_of,
    xmp_coordinate,
    zone_of,
)
from album.pictures.xmp import LIMIT_BYTES, read_xmp


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024:05:06 07:08:09", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024-05-06T07:08:09", datetime(2024, 5, 6, 7, 8, 9)),
        ("2024-05-06T07:08", datetime(2024, 5, 6, 7, 8)),
        ("2024-05-06", datetime(2024, 5, 6)),
        ("20240506 070809", datetime(2024, 5, 6, 7, 8, 9)),
        ("20240506070809+0200", datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2)))),
        ("2024-05-06T07:08:09Z", datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("2024-05-06T07:08:09.5", datetime(2024, 5, 6, 7, 8, 9, 500_000)),
        ("2024:05:06 07:08:60", datetime(2024, 5, 6, 7, 8, 59)),
        ("0000:00:00 00:00:00", None),
        ("2024:13:01 00:00:00", None),
        ("2024:02:31 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("1024:05:06 07:08:09", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(text: str | None, date: datetime | None) -> None:
    assert date_of(text) == date


def test_a_date_takes_sub_seconds_and_offset_from_elsewhere() -> None:
    date = date_of("2024:05:06 07:08:09", subsec="25 ", offset="+05:30")
    assert date == datetime(
        2024, 5, 6, 7, 8, 9, 250_000, tzinfo=timezone(timedelta(hours=5, minutes=30))
    )


@given(st.datetimes(datetime(1826, 1, 1), datetime(2200, 12, 31)))
def test_every_date_survives_the_way_exif_writes_it(date: datetime) -> None:
    written = date.strftime("%Y:%m:%d %H:%M:%S").rjust(19, "0")
    assert date_of(written, subsec=f"{date.microsecond:06}") == date


@given(st.text())
def test_no_text_upsets_the_parsers(text: str) -> None:
    for parse in (date_of, zone_of, iso6709, xmp_coordinate, ratio_of, rating_of, text_of):
        parse(text)


@pytest.mark.parametrize("offset", ["+99:00", "nonsense", "", None, "+1"])
def test_offsets_without_sense(offset: str | None) -> None:
    assert zone_of(offset) is None


def test_the_mac_epoch() -> None:
    assert mac_date(0) is None
    assert mac_date(3_000_000_000) == datetime(1999, 1, 24, 5, 20, tzinfo=UTC)
    assert mac_date(2**62) is None
    assert mac_date(1) is None  # a camera whose clock was never set


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(91, 0), (0, 181), (0, 0), (float("nan"), 1), (float("inf"), 1), (None, 5), (5, None)],
)
def test_positions_that_are_none(latitude: float | None, longitude: float | None) -> None:
    assert position(latitude, longitude) is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("+27.5916+086.5640+8850/", (27.5916, 86.5640)),
        ("-33.5-070.25/", (-33.5, -70.25)),
        ("+4830.0-00215.0/", (48.5, -2.25)),
        ("+483000-0021500/", (48.5, -2.25)),
        ("+99.0+000.0/", None),
        ("here", None),
    ],
)
def test_iso6709(text: str, place: tuple[float, float] | None) -> None:
    assert iso6709(text) == (pytest.approx(place) if place else None)


def test_xmp_coordinates() -> None:
    assert xmp_coordinate("51,30.5N") == pytest.approx(51.508333)
    assert xmp_coordinate("0,7,30W") == pytest.approx(-0.125)
    assert xmp_coordinate("51.5") is None


@pytest.mark.parametrize(
    ("text", "number"), [("1/60", 1 / 60), ("2.8", 2.8), ("1/0", None), ("-1", None), ("x", None)]
)
def test_ratios(text: str, number: float | None) -> None:
    assert ratio_of(text) == number


@pytest.mark.parametrize(("text", "rating"), [("5", 5), ("-1", -1), ("3.0", 3), ("9", None)])
def test_ratings(text: str, rating: int | None) -> None:
    assert rating_of(text) == rating


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("NIKON CORPORATION", "NIKON D70", "NIKON D70"),
        ("Apple", "iPhone 5", "Apple iPhone 5"),
        (None, "iPhone 5", "iPhone 5"),
        ("Apple", None, "Apple"),
        (None, None, None),
    ],
)
def test_a_camera_says_its_make_once(make: str | None, model: str | None, name: str | None) -> None:
    assert camera_name(make, model) == name


def test_texts_are_cleaned() -> None:
    assert text_of(b"JVC         \0rubbish") == "JVC"
    assert text_of("caf\u00e9".encode("latin-1")) == "caf\u00e9"
    assert text_of(" \0 ") is None
    assert text_of(7) is None


def test_the_first_source_that_speaks_wins_and_keywords_add_up() -> None:
    merged = merge(
        [
            Claims(rating=4, keywords=("lake", "boat")),
            Claims(
                width=40,
                height=30,
                rating=1,
                keywords=("boat", "sun"),
                touched=datetime(2020, 1, 1),
            ),
            Claims(orientation=6, title="T"),
        ]
    )
    assert merged.rating == 4
    assert merged.keywords == ("lake", "boat", "sun")
    assert (merged.width, merged.height, merged.orientation) == (30, 40, 6)
    assert merged.taken == datetime(2020, 1, 1)
    assert merged.title == "T"


XMP = """<?xpacket begin="\ufeff"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:lr="http://ns.adobe.com/lightroom/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">
<rdf:Description xmp:Rating="4" exif:GPSLatitude="45,30.0N" exif:GPSLongitude="10,30.0E"
  exif:Flash-ignored="1">
 <photoshop:DateCreated>2021-03-04T05:06:07+01:00</photoshop:DateCreated>
 <dc:subject><rdf:Bag><rdf:li>lake</rdf:li><rdf:li>boat</rdf:li></rdf:Bag></dc:subject>
 <lr:hierarchicalSubject><rdf:Bag><rdf:li>Places|Italy|Garda</rdf:li></rdf:Bag></lr:hierarchicalSubject>
 <dc:title><rdf:Alt><rdf:li xml:lang="de">See</rdf:li>
  <rdf:li xml:lang="x-default">Lake</rdf:li></rdf:Alt></dc:title>
 <dc:description><rdf:Alt><rdf:li xml:lang="x-default">Evening</rdf:li></rdf:Alt></dc:description>
 <exif:Flash rdf:parseType="Resource"><exif:Fired>True</exif:Fired></exif:Flash>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def test_xmp_is_understood() -> None:
    claims = read_xmp(XMP.encode())
    assert claims.keywords == ("lake", "boat", "Garda")
    assert (claims.rating, claims.title, claims.description) == (4, "Lake", "Evening")
    assert claims.gps == (45.5, 10.5)
    assert claims.flash is True
    assert claims.taken == datetime(2021, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x",
        b"\xff\xfe\x00",
        b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aa">]><b>&a;</b>',
        b"<a/>" + b" " * LIMIT_BYTES,
    ],
)
def test_xmp_that_is_broken_hostile_or_huge_says_nothing(packet: bytes) -> None:
    assert read_xmp(packet) == Claims()


def dataset(record: int, number: int, value: bytes) -> bytes:
    return bytes((0x1C, record, number)) + len(value).to_bytes(2, "big") + value


def test_iptc_is_understood() -> None:
    block = b"".join(
        (
            dataset(1, 90, b"\x1b%G"),
            dataset(2, 5, b"Titel"),
            dataset(2, 25, "Gr\u00fcn".encode()),
            dataset(2, 25, b"boat"),
            dataset(2, 55, b"20210304"),
            dataset(2, 60, b"050607+0100"),
            dataset(2, 120, b"Evening"),
        )
    )
    resources = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(block).to_bytes(4, "big") + block
    claims = read_iptc(find_resource(resources) or b"")
    assert claims.keywords == ("Gr\u00fcn", "boat")
    assert (claims.title, claims.description) == ("Titel", "Evening")
    assert claims.taken == datetime(2021, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=1)))


@given(st.binary(max_size=300))
def test_no_bytes_upset_xmp_and_iptc(content: bytes) -> None:
    read_xmp(content)
    read_iptc(b"\x1c\x02" + content)
    find_resource(b"8BIM" + content)
