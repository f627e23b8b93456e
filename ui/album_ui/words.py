"""Every word that the user reads goes through here: `tr("Back")`, `count(one, many, 3)`.

The English text is its own key; the catalogues lie in `album_resources.translations`. The
application holds the one of the language that is spoken.
"""

import re
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Final

from PySide6.QtCore import (
    QCoreApplication,
    QDate,
    QDateTime,
    QLibraryInfo,
    QLocale,
    QObject,
    Qt,
    QTime,
    QTranslator,
)

from album.domain.tag import Certainty
from album.errors import AlbumError, advised
from album.notices import Notice
from album_resources.translations import LANGUAGES, catalogue, told

_LOCALES: Final = {"en": "en_GB", "zh": "zh_CN"}
_REMEMBERED: Final = 1000


class Catalogue(QObject):
    """The texts of one language; English is what stands in the code.

    No `QTranslator` for our own words: Qt asks one on every thread, under locks of its own (reading
    a picture does), and one written in Python then waits for the interpreter while who holds it
    waits for Qt. The words of Qt's own dialogs come from Qt's own catalogue, which is none of
    Python's.

    Attributes:
        repeat: what the program below the window said, in English and filled in, in this language.
    """

    def __init__(self, language: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.code = language
        self._texts = catalogue(language)
        self._of_qt = QTranslator(self)
        # Lists ask for the same few again at each painting.
        self.repeat = lru_cache(_REMEMBERED)(self._repeat)

    def put_on(self, app: QCoreApplication) -> None:
        """Let Qt's own dialogs and menus speak it too."""
        if self.code != "en" and self._of_qt.load(
            QLocale(_LOCALES[self.code]),
            "qtbase",
            "_",
            QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath),
        ):
            app.installTranslator(self._of_qt)

    def take_off(self, app: QCoreApplication) -> None:
        """Speak it no longer."""
        app.removeTranslator(self._of_qt)
        self.setParent(None)

    def say(self, text: str) -> str:
        """The text in this language; itself where there is no translation."""
        return self._texts.get(text, text)

    def _repeat(self, text: str) -> str:
        for pattern, translation in self._patterns:
            found = pattern.fullmatch(text)
            if found:
                return translation.format(*map(self._repeat, found.groups()))
        return text

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """The longest texts first: they say more."""
        texts = sorted(told(self.code).items(), key=lambda pair: -len(pair[0]))
        return [
            (re.compile("(.+?)".join(map(re.escape, text.split("{}"))), re.DOTALL), translation)
            for text, translation in texts
        ]


def install(app: QCoreApplication, language: str = "system") -> Catalogue:
    """Speak this language (`system`, `en`, `zh`) from now on; what is shown already stays."""
    code = system_language() if language not in LANGUAGES else language
    before = app.findChild(Catalogue)
    if before is not None:
        before.take_off(app)
    QLocale.setDefault(QLocale(_LOCALES[code]))
    catalogue = Catalogue(code, app)
    catalogue.put_on(app)
    return catalogue


def system_language() -> str:
    """The first language of the user's system that we speak, English else."""
    for name in QLocale.system().uiLanguages():
        code = name.split("-")[0].lower()
        if code in LANGUAGES:
            return code
    return "en"


def language() -> str:
    """The code of the language that is spoken now (`en`, `zh`)."""
    return "zh" if QLocale().language() is QLocale.Language.Chinese else "en"


def mark(text: str) -> str:
    """A text of a table, said later through `tr`; found by whoever looks for what to translate."""
    return text


def tr(text: str, **values: object) -> str:
    """The text in the user's language, its `{names}` filled in."""
    app = QCoreApplication.instance()
    spoken = text
    if app is not None:
        found = app.findChild(Catalogue, options=Qt.FindChildOption.FindDirectChildrenOnly)
        spoken = text if found is None else found.say(text)
    return spoken.format(**values) if values else spoken


def repeated(text: str) -> str:
    """What the program below the window said (reasons, advice), in the user's language."""
    app = QCoreApplication.instance()
    found = app and app.findChild(Catalogue, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found.repeat(text) if found else text


def told_of(problem: AlbumError | Notice) -> str:
    """What happened and what can be done, in the user's language."""
    return advised(repeated(problem.text), repeated(problem.advice))


_CERTAIN: Final = {Certainty.LIKELY: mark("likely"), Certainty.EXPERIMENTAL: mark("experimental")}
"""Nothing is said of what is sure."""


def certain(figures: str, certainty: Certainty | None) -> str:
    """Figures of a suggestion with how certain it is: «0.94», «0.63 likely»."""
    word = _CERTAIN.get(certainty) if certainty else None
    return f"{figures} {tr(word)}" if word else figures


def count(one: str, many: str, n: int, **values: object) -> str:
    """The text that goes with a number; `{n}` is the number, grouped («18,300 photos»)."""
    return tr(one if n == 1 else many, n=number(n), **values)


def pictures(total: int, videos: int) -> str:
    """How many photos and videos there are: «14 photos · 2 videos», «3 videos»."""
    photos = count("{n} photo", "{n} photos", total - videos)
    if not videos:
        return photos
    filmed = count("{n} video", "{n} videos", videos)
    return f"{photos} · {filmed}" if total > videos else filmed


def sentence(text: str) -> str:
    """A reason as a sentence of its own: «It is damaged.»."""
    text = text.strip()
    if not text:
        return ""
    stop = "。" if language() == "zh" else "."
    ended = text if text[-1] in ".!?…。" else f"{text}{stop}"
    return ended[0].upper() + ended[1:]


def number(n: int) -> str:
    """A number as the user writes it («18,300»)."""
    return f"{n:,}"


def day(when: date) -> str:
    """«Saturday 12 July 2025»."""
    if language() == "zh":
        return QLocale().toString(_qdate(when), "yyyy年M月d日 dddd")
    return QLocale().toString(_qdate(when), "dddd d MMMM yyyy")


def short_day(when: date) -> str:
    """«12 July 2025»."""
    form = "yyyy年M月d日" if language() == "zh" else "d MMMM yyyy"
    return QLocale().toString(_qdate(when), form)


def moment(when: datetime) -> str:
    """«Sat 12 July 2025, 12:41»."""
    form = "yyyy年M月d日 ddd HH:mm" if language() == "zh" else "ddd d MMMM yyyy, HH:mm"
    at = QDateTime(_qdate(when), QTime(when.hour, when.minute))
    return QLocale().toString(at, form)


def month(when: date) -> str:
    """«Jul 2025»."""
    return QLocale().toString(_qdate(when), "yyyy年M月" if language() == "zh" else "MMM yyyy")


def whole_month(when: date) -> str:
    """«July 2025»."""
    return QLocale().toString(_qdate(when), "yyyy年M月" if language() == "zh" else "MMMM yyyy")


def span(first: date, last: date) -> str:
    """From one day to another, no longer than it must be, whole months and years as such.

    «2010 – 2020», «Jun – Aug 2025», «12–14 Jul 2025», «28 Jun – 2 Jul 2025», «12 July 2025».
    """
    if first == last:
        return short_day(first)
    whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    whole_months = first.day == 1 and (last + timedelta(days=1)).day == 1
    if whole_years:
        return _between(first, last, ("yyyy",), ("yyyy年",))
    if whole_months:
        return _between(first, last, ("yyyy", "MMM"), ("yyyy年", "M月"))
    return _between(first, last, ("yyyy", "MMM", "d"), ("yyyy年", "M月", "d日"))


def _between(first: date, last: date, english: tuple[str, ...], chinese: tuple[str, ...]) -> str:
    """Both ends, the parts that they share (years before months before days) said once."""
    parts = chinese if language() == "zh" else english
    ends = [[QLocale().toString(_qdate(end), part) for part in parts] for end in (first, last)]
    shared = 0
    while shared < len(parts) - 1 and ends[0][shared] == ends[1][shared]:
        shared += 1
    if ends[0] == ends[1]:
        return _date_of(ends[0])
    dash = "–" if shared == 2 else " – "  # between two days of one month
    if language() == "zh":
        return f"{_date_of(ends[0])}{dash}{_date_of(ends[1][shared:])}"
    return f"{_date_of(ends[0][shared:])}{dash}{_date_of(ends[1])}"


def _date_of(parts: list[str]) -> str:
    """A date from its year, month and day, as far as they are there."""
    return "".join(parts) if language() == "zh" else " ".join(reversed(parts))


def duration(seconds: float) -> str:
    """«0:24», «1:02:05»."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _qdate(when: date) -> QDate:
    return QDate(when.year, when.month, when.day)
