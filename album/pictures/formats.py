"""What a file is, by its first bytes; the suffix only decides between formats that look alike."""

from dataclasses import dataclass
from pathlib import PurePath

from album.domain.photo import MediaKind

HEAD_BYTES = 4096
"""How much of a file `sniff` wants to see."""


@dataclass(frozen=True, slots=True)
class Format:
    """A file format that Albumen reads.

    Attributes:
        name: short and lower-case, as stored (`jpeg`, `heic`, `nef`).
        layout: which family of containers it belongs to (`jpeg`, `tiff`, `bmff` ...).
        isolated: decoded in a process that may die.
        suffixes: what such files are usually called, with the dot, lower-case.
    """

    name: str
    layout: str
    suffixes: tuple[str, ...]
    kind: MediaKind = MediaKind.PHOTO
    isolated: bool = True

    @property
    def is_raw(self) -> bool:
        """Whether it holds what a camera's sensor saw, undeveloped."""
        return self.name in RAW_NAMES


JPEG = Format("jpeg", "jpeg", (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo"), isolated=False)
PNG = Format("png", "png", (".png", ".apng"), isolated=False)
WEBP = Format("webp", "riff", (".webp",), isolated=False)
GIF = Format("gif", "gif", (".gif",), isolated=False)
BMP = Format("bmp", "bytes", (".bmp", ".dib"), isolated=False)
PPM = Format("ppm", "ppm", (".ppm", ".pgm", ".pbm", ".pnm", ".pam", ".pfm"), isolated=False)
TIFF = Format("tiff", "tiff", (".tif", ".tiff"))
HEIC = Format("heic", "bmff", (".heic", ".heif", ".hif", ".heics", ".heifs"))
AVIF = Format("avif", "bmff", (".avif", ".avifs"))
JP2 = Format("jp2", "bmff", (".jp2", ".jpx", ".jpf", ".jpm"))
J2K = Format("j2k", "bytes", (".j2k", ".j2c", ".jpc"))
PSD = Format("psd", "psd", (".psd", ".psb"))
ICO = Format("ico", "bytes", (".ico",))
TGA = Format("tga", "bytes", (".tga",))

_RAW_LAYOUTS = {
    "cr2": "tiff",
    "cr3": "bmff",
    "crw": "bytes",
    "nef": "tiff",
    "nrw": "tiff",
    "arw": "tiff",
    "sr2": "tiff",
    "srf": "tiff",
    "dng": "tiff",
    "orf": "tiff",
    "rw2": "tiff",
    "raf": "raf",
    "pef": "tiff",
    "srw": "tiff",
    "rwl": "tiff",
    "iiq": "tiff",
    "3fr": "tiff",
    "fff": "tiff",
    "erf": "tiff",
    "mef": "tiff",
    "mos": "tiff",
    "kdc": "tiff",
    "dcr": "tiff",
    "x3f": "bytes",
    "mrw": "bytes",
}
RAWS = tuple(Format(name, layout, (f".{name}",)) for name, layout in _RAW_LAYOUTS.items())
RAW_NAMES = frozenset(_RAW_LAYOUTS)


def _video(name: str, layout: str, *suffixes: str) -> Format:
    return Format(name, layout, suffixes, MediaKind.VIDEO)


MP4 = _video("mp4", "bmff", ".mp4", ".m4v")
MOV = _video("mov", "bmff", ".mov", ".qt")
THREE_GP = _video("3gp", "bmff", ".3gp", ".3g2")
MKV = _video("mkv", "matroska", ".mkv", ".mk3d")
WEBM = _video("webm", "matroska", ".webm")
AVI = _video("avi", "riff", ".avi", ".divx")
MTS = _video("mts", "bytes", ".mts", ".m2ts", ".m2t", ".ts")
MPEG = _video("mpeg", "bytes", ".mpg", ".mpeg", ".vob", ".mpe")
FLV = _video("flv", "bytes", ".flv")
WMV = _video("wmv", "bytes", ".wmv", ".asf")
OGV = _video("ogv", "bytes", ".ogv")

FORMATS = (
    *(JPEG, PNG, WEBP, GIF, BMP, PPM, TIFF, HEIC, AVIF, JP2, J2K, PSD, ICO, TGA),
    *RAWS,
    *(MP4, MOV, THREE_GP, MKV, WEBM, AVI, MTS, MPEG, FLV, WMV, OGV),
)

SUPPORTED = frozenset(suffix for form in FORMATS for suffix in form.suffixes)
"""Suffixes (lower-case, with the dot) of the files that the scanner picks up."""

_BY_NAME = {form.name: form for form in FORMATS}
_BY_SUFFIX = {suffix: form for form in FORMATS for suffix in form.suffixes}

_MAGIC = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (0, b"\xff\x4f\xff\x51", J2K),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", JP2),
    (0, b"8BPS", PSD),
    (0, b"FUJIFILMCCD-RAW", _BY_NAME["raf"]),
    (0, b"IIRO", _BY_NAME["orf"]),
    (0, b"IIRS", _BY_NAME["orf"]),
    (0, b"MMOR", _BY_NAME["orf"]),
    (0, b"IIU\0", _BY_NAME["rw2"]),
    (0, b"FOVb", _BY_NAME["x3f"]),
    (0, b"\0MRM", _BY_NAME["mrw"]),
    (6, b"HEAPCCDR", _BY_NAME["crw"]),
    (8, b"CR\x02\0", _BY_NAME["cr2"]),
    (0, b"\0\0\x01\0", ICO),
    (0, b"FLV\x01", FLV),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", WMV),
    (0, b"\0\0\x01\xba", MPEG),
    (0, b"\0\0\x01\xb3", MPEG),
    (0, b"OggS", OGV),
)
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_MOVIE_BOXES = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
_BMP_HEADERS = frozenset((12, 16, 40, 52, 56, 64, 108, 124))
_TGA_TYPES = frozenset((1, 2, 3, 9, 10, 11))


def by_name(name: str) -> Format:
    """The format that `Format.name` names; KeyError when there is none."""
    return _BY_NAME[name]


def sniff(head: bytes, name: str = "") -> Format | None:
    """What the file that begins with `head` is; None when it is nothing we read.

    Args:
        head: the first `HEAD_BYTES` of the file, or all of a shorter one.
        name: the file's name; tells RAW formats apart that all begin like a TIFF.
    """
    suffix = PurePath(name).suffix.lower()
    for offset, magic, form in _MAGIC:
        if head.startswith(magic, offset):
            return form
    if head[:4] in _TIFF_MAGIC:
        named = _BY_SUFFIX.get(suffix)
        return named if named and named.is_raw and named.layout == "tiff" else TIFF
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return BMP
    return _sniff_nested(head) or _sniff_stream(head, suffix)


def _sniff_nested(head: bytes) -> Format | None:
    """Formats whose first bytes name a container and only then what is in it."""
    if head.startswith(b"RIFF"):
        return {b"WEBP": WEBP, b"AVI ": AVI}.get(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return WEBM if b"webm" in head[:64] else MKV
    if head[4:8] == b"ftyp":
        return _sniff_brands(head)
    if head[4:8] in _MOVIE_BOXES and len(head) >= 16:
        return MOV
    return None


def _sniff_brands(head: bytes) -> Format:
    end = min(max(int.from_bytes(head[:4], "big"), 16), 256, len(head))
    major = head[8:12]
    brands = {major, *(head[at : at + 4] for at in range(16, end, 4))}
    if major in _AVIF_BRANDS or (major in {b"mif1", b"msf1"} and brands & _AVIF_BRANDS):
        return AVIF
    if major in _HEIC_BRANDS:
        return HEIC
    if major == b"crx ":
        return _BY_NAME["cr3"]
    if major == b"qt  ":
        return MOV
    return THREE_GP if major[:2] == b"3g" else MP4


def _sniff_stream(head: bytes, suffix: str) -> Format | None:
    """Formats without a magic number: recognised by their structure, or not at all."""
    if len(head) > 3 and head[:1] == b"P" and head[1:2] in b"1234567fF" and head[2:3].isspace():
        return PPM
    for start, step in ((0, 188), (4, 192)):
        packets = head[start : start + 5 * step : step]
        if len(packets) == 5 and set(packets) == {0x47}:
            return MTS
    if suffix == ".tga" and len(head) >= 18 and head[1] <= 1 and head[2] in _TGA_TYPES:
        return TGA
    return None
