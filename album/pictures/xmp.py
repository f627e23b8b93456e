"""XMP packets: what we understand of them, read with defusedxml and a limit on their size."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from album.pictures.claims import Claims
from album.pictures.values import (
    date_of,
    position,
    rating_of,
    ratio_of,
    text_of,
    xmp_coordinate,
)

LIMIT_BYTES = 2 << 20

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP = "{http://ns.adobe.com/xap/1.0/}"
_EXIF = "{http://ns.adobe.com/exif/1.0/}"
_TIFF = "{http://ns.adobe.com/tiff/1.0/}"
_AUX = "{http://ns.adobe.com/exif/1.0/aux/}"
_PHOTOSHOP = "{http://ns.adobe.com/photoshop/1.0/}"
_LIGHTROOM = "{http://ns.adobe.com/lightroom/1.0/}"
_DIGIKAM = "{http://www.digikam.org/ns/1.0/}"
_MICROSOFT = "{http://ns.microsoft.com/photo/1.0/}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_ENVELOPE = re.compile(rb"<\?xpacket[^>]*\?>|^\xef\xbb\xbf")


def read_xmp(packet: bytes) -> Claims:
    """What an XMP packet claims; empty when it is not well-formed, or too large."""
    if len(packet) > LIMIT_BYTES:
        return Claims()
    try:
        root = fromstring(_ENVELOPE.sub(b"", packet).strip(b"\0 \t\r\n"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return Claims()
    return _claims(_Properties(root.iter(f"{_RDF}Description")))


class _Properties:
    """The properties of a packet, whether they are written as attributes or as elements."""

    def __init__(self, descriptions: Iterable[Element]) -> None:
        self._texts: dict[str, str] = {}
        self._elements: dict[str, Element] = {}
        for description in descriptions:
            for name, value in description.attrib.items():
                self._texts.setdefault(name, value)
            for element in description:
                self._elements.setdefault(element.tag, element)

    def text(self, *names: str) -> str | None:
        """The first of the named properties that says something; of languages, the default one."""
        for name in names:
            found = text_of(self._texts.get(name))
            if found is None and (element := self._elements.get(name)) is not None:
                found = text_of(element.text) or next(iter(_items(element)), None)
            if found:
                return found
        return None

    def words(self, name: str) -> list[str]:
        """The items of a bag or sequence."""
        element = self._elements.get(name)
        return list(_items(element)) if element is not None else []

    def field(self, name: str, field: str) -> str | None:
        """A field of a structure."""
        element = self._elements.get(name)
        if element is None:
            return None
        value = element.find(f".//{field}")
        holder = element.find(f"{_RDF}Description")
        attribute = (holder if holder is not None else element).get(field)
        return text_of(value.text if value is not None else attribute)


def _items(element: Element) -> Iterator[str]:
    """The texts of the `rdf:li` below; the default language first."""
    items = list(element.iter(f"{_RDF}li"))
    items.sort(key=lambda item: item.get(_XML_LANG, "x-default") != "x-default")
    return (text for item in items if (text := text_of(item.text)))


def _claims(found: _Properties) -> Claims:
    orientation = found.text(f"{_TIFF}Orientation") or ""
    fired = found.field(f"{_EXIF}Flash", f"{_EXIF}Fired")
    iso = next(iter(found.words(f"{_EXIF}ISOSpeedRatings")), "")
    return Claims(
        orientation=int(orientation) if re.fullmatch("[1-8]", orientation) else None,
        taken=_first_date(
            found, f"{_EXIF}DateTimeOriginal", f"{_PHOTOSHOP}DateCreated", f"{_XMP}CreateDate"
        ),
        touched=_first_date(found, f"{_EXIF}DateTimeDigitized", f"{_XMP}ModifyDate"),
        make=found.text(f"{_TIFF}Make"),
        model=found.text(f"{_TIFF}Model"),
        lens=found.text(f"{_AUX}Lens"),
        gps=position(
            xmp_coordinate(found.text(f"{_EXIF}GPSLatitude")),
            xmp_coordinate(found.text(f"{_EXIF}GPSLongitude")),
        ),
        rating=rating_of(found.text(f"{_XMP}Rating")),
        title=found.text(f"{_DC}title", f"{_PHOTOSHOP}Headline"),
        description=found.text(f"{_DC}description"),
        keywords=_keywords(found),
        aperture=ratio_of(found.text(f"{_EXIF}FNumber")),
        exposure_s=ratio_of(found.text(f"{_EXIF}ExposureTime")),
        iso=int(iso) if iso.isdecimal() and len(iso) < 8 else None,
        focal_mm=ratio_of(found.text(f"{_EXIF}FocalLength")),
        flash=None if fired is None else fired.casefold() == "true",
    )


def _first_date(found: _Properties, *names: str) -> datetime | None:
    return next((date for name in names if (date := date_of(found.text(name)))), None)


def _keywords(found: _Properties) -> tuple[str, ...]:
    """Flat keywords, and the last step of hierarchical ones, each once."""
    paths = [word.replace("|", "/") for word in found.words(f"{_LIGHTROOM}hierarchicalSubject")]
    paths += found.words(f"{_DIGIKAM}TagsList")
    leaves = (path.rsplit("/", 1)[-1].strip() for path in paths)
    flat = [*found.words(f"{_DC}subject"), *found.words(f"{_MICROSOFT}LastKeywordXMP")]
    return tuple(dict.fromkeys(word for word in (*flat, *leaves) if word))
