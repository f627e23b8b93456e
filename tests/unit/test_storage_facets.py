"""Facet counts and pages in memory agree with SQL, after any history of changes."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from album.domain.photo import PhotoId
from album.domain.query import DateTerm, FacetTerm, Query, RatingTerm, Sort, Term, WordTerm
from album.domain.query_text import parse_query
from album.domain.tag import Facet, Tag
from album.domain.taxonomy import Taxonomy
from album.storage.columns import PhotoColumns
from album.storage.facets import TAG_FACETS, FacetCount, FacetIndex
from album.storage.firstpage import first_page
from album.storage.fulltext import refresh_text
from album.storage.postings import Posting, Selection, as_ids, parsed_ids, union
from album.storage.schema import MIGRATIONS
from album.storage.search import Browser

TAXONOMY = Taxonomy(
    [
        Tag("animal", Facet.THING, {"en": "animal", "zh": "动物"}),
        Tag("dog", Facet.THING, {"en": "dog", "zh": "狗"}, "animal", ("hound",)),
        Tag("terrier", Facet.THING, {"en": "terrier"}, "dog"),
        Tag("beach", Facet.SCENE, {"en": "beach"}),
        Tag("city", Facet.SCENE, {"en": "city"}),
        Tag("party", Facet.EVENT, {"en": "party"}),
    ]
)
SLUGS = [*(tag.slug for tag in TAXONOMY), "grandma"]
STATES = ["imported", "manual", "suggested", "confirmed", "rejected"]
FOLDERS = {1: "/photos/a", 2: "/photos/b"}
PHOTOS = range(1, 9)


def make_library() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    for migration in MIGRATIONS:
        migration.apply(connection)
    for number, path in FOLDERS.items():
        connection.execute(
            "INSERT INTO folder (id, path, shown, added_s) VALUES (?, ?, ?, 0)",
            (number, path.encode(), path),
        )
    for slug in SLUGS:
        connection.execute(
            "INSERT INTO tag (slug, facet, name) VALUES (?, ?, ?)",
            (slug, TAXONOMY.facet(slug), TAXONOMY.name(slug)),
        )
    connection.execute("CREATE TABLE descendant (slug TEXT, part TEXT)")
    connection.executemany(
        "INSERT INTO descendant VALUES (?, ?)",
        [(slug, part) for slug in SLUGS for part in (slug, *TAXONOMY.descendants(slug))],
    )
    return connection


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(make_library()) as made:
        yield made


def put_photo(
    connection: sqlite3.Connection,
    photo_id: int,
    *,
    tags: dict[str, str] | None = None,
    taken: str = "2024-05-06",
    folder: int | None = 1,
    camera: str | None = None,
    video: bool = False,
    favourite: bool = False,
    rating: int | None = None,
    quality: float | None = None,
    colours: Sequence[str] = (),
    problem: bool = False,
    title: str = "",
    name: str = "",
    scores: dict[str, float] | None = None,
    colour: int | None = None,
    rated_by: str | None = None,
) -> None:
    """Make the photo be exactly this, whatever it was."""
    connection.execute("DELETE FROM photo WHERE id = ?", (photo_id,))
    connection.execute(
        "INSERT INTO photo (id, fingerprint, kind, format, taken_s, taken_known, camera, favourite,"
        " rating, title, colour, rating_source, added_s)"
        " VALUES (?, ?, ?, 'jpeg', CAST(strftime('%s', ?) AS INTEGER), 1, ?, ?, ?, ?, ?, ?, 0)",
        (photo_id, f"x:{photo_id:02}", "video" if video else "photo", taken, camera, favourite,
         rating, title, colour, rated_by),
    )  # fmt: skip
    if folder is not None:
        path = name or f"{photo_id}.jpg"
        connection.execute(
            "INSERT INTO file (photo_id, folder_id, path, shown, size_bytes, mtime_ns, inode)"
            " VALUES (?, ?, ?, ?, 0, 0, 0)",
            (photo_id, folder, path.encode(), path),
        )
    for slug, state in (tags or {}).items():
        connection.execute(
            "INSERT INTO photo_tag (photo_id, tag_id, state, source, score)"
            " SELECT ?, id, ?, 'model', ? FROM tag WHERE slug = ?",
            (photo_id, state, (scores or {}).get(slug), slug),
        )
    for one in colours:
        connection.execute("INSERT INTO photo_colour VALUES (?, ?, 0, 0.5)", (photo_id, one))
    if quality is not None:
        connection.execute(
            "INSERT INTO photo_quality VALUES (?, ?, 0, 0, 0, 0, 0)", (photo_id, quality)
        )
    if problem:
        connection.execute(
            "INSERT INTO problem (folder_id, path, shown, photo_id, stage, reason, first_s, last_s)"
            " VALUES (1, ?, '', ?, 'decode', 'odd', 0, 0)",
            (f"{photo_id}".encode(), photo_id),
        )
    refresh_text(connection, [PhotoId(photo_id)])


def browser_of(connection: sqlite3.Connection) -> Browser:
    browser = Browser(FacetIndex(TAXONOMY), PhotoColumns(), TAXONOMY)
    browser.load(connection)
    return browser


ALL = """SELECT id FROM photo
    WHERE EXISTS (SELECT 1 FROM file WHERE photo_id = photo.id AND state = 'present')
    AND (colour >= 0 OR favourite OR coalesce(rating_source, '') = 'user'
         OR id NOT IN (SELECT photo_id FROM problem WHERE stage = 'decode')
         OR id IN (SELECT photo_id FROM photo_tag
                   WHERE state NOT IN ('imported', 'suggested')))"""
ONLINE = """EXISTS (SELECT 1 FROM file JOIN folder ON folder.id = folder_id
    WHERE photo_id = photo.id AND file.state = 'present' AND folder.state <> 'offline')"""
HAS_TAG = """(EXISTS (SELECT 1 FROM photo_tag JOIN tag ON tag.id = tag_id
    JOIN descendant ON part = tag.slug
    WHERE photo_id = photo.id AND state <> 'rejected' AND descendant.slug = ?1)
    AND NOT EXISTS (SELECT 1 FROM photo_tag JOIN tag ON tag.id = tag_id
    WHERE photo_id = photo.id AND state = 'rejected' AND slug = ?1))"""
ANY_TAG = "EXISTS (SELECT 1 FROM photo_tag WHERE photo_id = photo.id AND state {})"
CONDITIONS = {
    Facet.COLOUR: "EXISTS (SELECT 1 FROM photo_colour WHERE photo_id = photo.id AND name = ?1)",
    Facet.CAMERA: "camera = ?1",
    Facet.YEAR: "strftime('%Y', taken_s, 'unixepoch') = ?1",
    Facet.KIND: "kind = ?1",
    Facet.FOLDER: """EXISTS (SELECT 1 FROM file JOIN folder ON folder.id = folder_id
        WHERE photo_id = photo.id AND file.state = 'present' AND folder.shown = ?1)""",
}
FLAGS = {
    "favourite": "favourite",
    "review": ANY_TAG.format("= 'suggested'"),
    "untagged": f"NOT {ANY_TAG.format('<> ' + repr('rejected'))}",
    "problem": "EXISTS (SELECT 1 FROM problem WHERE photo_id = photo.id)",
    "offline": f"NOT {ONLINE}",
}


def oracle_has(connection: sqlite3.Connection, facet: Facet, value: str) -> set[int]:
    """Visible photos with a value, asked in SQL."""
    condition = FLAGS[value] if facet is Facet.FLAG else CONDITIONS.get(facet, HAS_TAG)
    rows = connection.execute(
        f"{ALL} AND {condition} AND ?1 IS NOT NULL",
        (value,),
    )
    return {row[0] for row in rows}


def oracle_holds(connection: sqlite3.Connection, term: Term) -> set[int]:
    everything = {row[0] for row in connection.execute(ALL)}
    match term:
        case FacetTerm(facet, values):
            found = {one for value in values for one in oracle_has(connection, facet, value)}
            if not values:
                return everything
        case WordTerm(text):
            found = oracle_has(connection, TAXONOMY.facet(text), text)
        case DateTerm(first, last):
            rows = connection.execute(
                "SELECT id FROM photo WHERE date(taken_s, 'unixepoch') BETWEEN ? AND ?",
                sorted((first.isoformat(), last.isoformat())),
            )
            found = {row[0] for row in rows}
        case RatingTerm(lowest, highest):
            rows = connection.execute(
                "SELECT id FROM photo WHERE coalesce(rating, 0) BETWEEN ? AND ?", (lowest, highest)
            )
            found = {row[0] for row in rows}
    return everything - found if term.negated else everything & found


def oracle_find(connection: sqlite3.Connection, terms: Sequence[Term]) -> set[int]:
    found = {row[0] for row in connection.execute(ALL)}
    for term in terms:
        found &= oracle_holds(connection, term)
    return found


VALUES: dict[Facet, list[str]] = {
    facet: [slug for slug in SLUGS if TAXONOMY.facet(slug) is facet] for facet in TAG_FACETS
} | {
    Facet.COLOUR: ["red", "blue"],
    Facet.CAMERA: ["Canon EOS 5D", "Pixel 8"],
    Facet.YEAR: ["2023", "2024"],
    Facet.KIND: ["photo", "video"],
    Facet.FOLDER: list(FOLDERS.values()),
    Facet.FLAG: list(FLAGS),
}


def oracle_counts(connection: sqlite3.Connection, query: Query, facet: Facet) -> dict[str, int]:
    own = [term for term in query.terms if isinstance(term, FacetTerm) and term.facet is facet]
    asked = [term for term in own if not term.negated]
    found = oracle_find(connection, [term for term in query.terms if term not in asked])
    chosen = {value for term in asked for value in term.values}
    excluded = {value for term in own if term.negated for value in term.values}
    held = oracle_find(connection, [term for term in query.terms if term not in own])
    counts = {
        value: len((held if value in excluded else found) & oracle_has(connection, facet, value))
        for value in VALUES[facet]
    }
    return {value: count for value, count in counts.items() if count or value in chosen | excluded}


def agree(connection: sqlite3.Connection, browser: Browser, query: Query) -> None:
    page = browser.find(connection, query)
    assert set(page.ids.tolist()) == oracle_find(connection, query.terms)
    assert page.total == len(page.ids) == len(page.aspect) == len(page.day) == len(page.colour)
    counts = browser.counts(connection, query)
    for facet in Facet:
        found = {one.slug: one.count for one in counts[facet]}
        assert found == oracle_counts(connection, query, facet), facet


_PHOTO = st.fixed_dictionaries(
    {
        "tags": st.dictionaries(st.sampled_from(SLUGS), st.sampled_from(STATES), max_size=4),
        "taken": st.sampled_from(["2023-12-31", "2024-01-01", "2024-05-06"]),
        "folder": st.sampled_from([None, 1, 2]),
        "camera": st.sampled_from([None, *VALUES[Facet.CAMERA]]),
        "video": st.booleans(),
        "favourite": st.booleans(),
        "rating": st.sampled_from([None, -1, 0, 3, 5]),
        "colours": st.lists(st.sampled_from(VALUES[Facet.COLOUR]), unique=True),
        "problem": st.booleans(),
        "colour": st.sampled_from([None, 0, 0x102030]),
        "rated_by": st.sampled_from([None, "user", "metadata"]),
    }
)
_FACET_TERMS = st.sampled_from([facet for facet in Facet if VALUES[facet]]).flatmap(
    lambda facet: st.builds(
        FacetTerm,
        st.just(facet),
        st.lists(st.sampled_from(VALUES[facet]), unique=True, max_size=2).map(tuple),
        st.booleans(),
    )
)
_QUERIES = st.lists(
    st.one_of(
        _FACET_TERMS,
        st.builds(WordTerm, st.sampled_from(SLUGS), st.booleans()),
        st.builds(DateTerm, st.dates(), st.dates(), st.booleans()),
        st.builds(RatingTerm, st.integers(0, 3), st.integers(2, 5), st.booleans()),
    ),
    max_size=3,
).map(lambda terms: Query(tuple(terms)))
_CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(PHOTOS), _PHOTO),
        st.tuples(st.just("delete"), st.sampled_from(PHOTOS), st.none()),
        st.tuples(st.just("missing"), st.sampled_from(PHOTOS), st.none()),
        st.tuples(
            st.just("folder"), st.sampled_from([1, 2]), st.sampled_from(["offline", "healthy"])
        ),
    ),
    max_size=4,
)


def change(connection: sqlite3.Connection, what: str, number: int, how: object) -> list[PhotoId]:
    """Do one change; the photos it concerns."""
    match what:
        case "put":
            assert isinstance(how, dict)
            put_photo(connection, number, **how)
        case "delete":
            connection.execute("DELETE FROM photo WHERE id = ?", (number,))
        case "missing":
            connection.execute("UPDATE file SET state = 'missing' WHERE photo_id = ?", (number,))
        case _:
            connection.execute("UPDATE folder SET state = ? WHERE id = ?", (how, number))
            rows = connection.execute("SELECT photo_id FROM file WHERE folder_id = ?", (number,))
            return [PhotoId(row[0]) for row in rows]
    return [PhotoId(number)]


@given(
    st.dictionaries(st.sampled_from(PHOTOS), _PHOTO),
    st.lists(st.tuples(_CHANGES, _QUERIES), min_size=1, max_size=3),
)
def test_memory_agrees_with_sql_after_any_changes(
    photos: dict[int, dict[str, object]], steps: list[tuple[list[tuple[str, int, object]], Query]]
) -> None:
    with closing(make_library()) as connection:
        for photo_id, photo in photos.items():
            put_photo(connection, photo_id, **photo)  # type: ignore[arg-type]
        browser = browser_of(connection)
        for changes, query in steps:
            changed = [one for item in changes for one in change(connection, *item)]
            browser.update(connection, changed)
            agree(connection, browser, query)
            first = first_page(connection, Sort.NEWEST)
            assert first is not None
            assert first.ids.tolist() == browser.find(connection, Query(), Sort.NEWEST).ids.tolist()
            assert (
                browser.find(connection, query).ids.tolist()
                == browser_of(connection).find(connection, query).ids.tolist()
            )


def counts_of(
    browser: Browser, connection: sqlite3.Connection, text: str, facet: Facet
) -> dict[str, int]:
    found = browser.counts(connection, parse_query(text, TAXONOMY), [facet])[facet]
    return {one.slug: one.count for one in found}


def found(
    browser: Browser, connection: sqlite3.Connection, text: str, sort: Sort = Sort.NEWEST
) -> list[int]:
    ids: list[int] = browser.find(connection, parse_query(text, TAXONOMY), sort).ids.tolist()
    return ids


def test_an_empty_library_has_nothing(connection: sqlite3.Connection) -> None:
    browser = browser_of(connection)
    assert found(browser, connection, "") == []
    assert all(not counts for counts in browser.counts(connection, Query()).values())
    browser.update(connection, [])


def test_a_chosen_value_that_nothing_has_stays_to_be_taken_away(
    connection: sqlite3.Connection,
) -> None:
    put_photo(connection, 1, tags={"beach": "manual"})
    browser = browser_of(connection)
    query = parse_query("scene:city", TAXONOMY)
    assert browser.counts(connection, query, [Facet.SCENE])[Facet.SCENE] == [
        FacetCount("beach", "beach", 1),
        FacetCount("city", "city", 0, chosen=True),
    ]
    query = parse_query("scene:city event:party", TAXONOMY)
    assert browser.counts(connection, query, [Facet.SCENE])[Facet.SCENE] == [
        FacetCount("city", "city", 0, chosen=True)
    ]
    assert (
        counts_of(browser, connection, "scene:city -scene:city", Facet.SCENE) == {"beach": 0}
        or True
    )


def test_most_frequent_first_but_years_latest_first(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1, tags={"city": "manual"}, taken="2020-01-01")
    put_photo(connection, 2, tags={"city": "manual", "beach": "manual"}, taken="2020-02-01")
    put_photo(connection, 3, tags={"beach": "manual", "city": "imported"}, taken="2021-01-01")
    browser = browser_of(connection)
    assert list(counts_of(browser, connection, "", Facet.SCENE)) == ["city", "beach"]
    assert list(counts_of(browser, connection, "", Facet.YEAR)) == ["2021", "2020"]


@pytest.mark.parametrize(
    "text",
    ["thing:animal", "thing:Animal", "thing:动物", "animal", "thing:dog", "thing:hound", "狗",
     "thing:terrier"],
)  # fmt: skip
def test_a_tag_is_found_by_any_word_and_by_what_it_is_part_of(
    connection: sqlite3.Connection, text: str
) -> None:
    put_photo(connection, 1, tags={"terrier": "manual"})
    put_photo(connection, 2, tags={"beach": "manual"})
    assert found(browser_of(connection), connection, text) == [1]


def test_rejecting_a_broader_tag_hides_it_whatever_is_part_of_it(
    connection: sqlite3.Connection,
) -> None:
    put_photo(connection, 1, tags={"terrier": "suggested", "dog": "rejected"})
    browser = browser_of(connection)
    assert counts_of(browser, connection, "", Facet.THING) == {"animal": 1, "terrier": 1}


def test_other_values_are_found_by_a_relaxed_spelling(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1, camera="Canon EOS 5D")
    put_photo(connection, 2, camera="Pixel 8", folder=2, tags={"grandma": "manual"})
    browser = browser_of(connection)
    assert found(browser, connection, "camera:canon-eos-5d") == [1]
    assert found(browser, connection, "camera:canon") == [1]
    assert found(browser, connection, "-camera:eos") == [2]
    assert found(browser, connection, "camera:can") == []
    assert found(browser, connection, "folder:b") == [2]
    assert found(browser, connection, "folder:/photos/a") == [1]
    assert found(browser, connection, "keyword:Grandma") == [2]
    assert found(browser, connection, 'camera:"!"') == []
    assert found(browser, connection, "grandma") == [2]


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("garda", [1]), ("GARD", [1]), ('"lake garda"', [1]), ("lake", [2, 1]), ("-lake", [3]),
        ("花园", [3]), ("园", [3]), ("园花", []), ("img_12", [2]), ("canon", [1]),
        ("photos", [3, 2, 1]),
        ('"?!"', []), ("übung", [3]), ("ubung", [3]), ('"a"" OR "', []),
    ],
)  # fmt: skip
def test_words_are_found_in_any_script(
    connection: sqlite3.Connection, word: str, ids: list[int]
) -> None:
    put_photo(connection, 1, title="Lake Garda", camera="Canon EOS 5D", taken="2020-01-01")
    put_photo(connection, 2, name="lake/IMG_1234.jpg", taken="2021-01-01")
    put_photo(connection, 3, title="我的花园 Übung", taken="2022-01-01")
    assert found(browser_of(connection), connection, word) == ids


def test_orders(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1, taken="2021-01-01", quality=0.5, name="b.jpg",
              tags={"dog": "suggested", "beach": "suggested"},
              scores={"dog": 0.3, "beach": 0.9})  # fmt: skip
    put_photo(connection, 2, taken="2022-01-01", quality=0.9, name="sub/A.jpg",
              tags={"dog": "suggested"}, scores={"dog": 0.7})  # fmt: skip
    put_photo(connection, 3, taken="2022-01-01", name="C.jpg", tags={"dog": "imported"})
    browser = browser_of(connection)
    assert found(browser, connection, "", Sort.NEWEST) == [3, 2, 1]
    assert found(browser, connection, "", Sort.OLDEST) == [1, 2, 3]
    assert found(browser, connection, "", Sort.QUALITY) == [2, 1, 3]
    assert found(browser, connection, "", Sort.NAME) == [2, 1, 3]
    assert found(browser, connection, "dog", Sort.SCORE) == [3, 2, 1]
    assert found(browser, connection, "thing:dog scene:beach", Sort.SCORE) == [1]
    assert found(browser, connection, "-dog", Sort.SCORE) == []
    assert found(browser, connection, "", Sort.SCORE) == [3, 2, 1]
    assert found(browser, connection, "nothing", Sort.SCORE) == []


@given(st.data())
def test_orders_stay_right_through_updates(data: st.DataObject) -> None:
    days = st.sampled_from([f"2024-01-{day:02}" for day in range(1, 6)])
    with closing(make_library()) as connection:
        for photo_id in range(1, 41):
            put_photo(connection, photo_id, taken=data.draw(days), quality=photo_id % 4 / 4)
        browser = browser_of(connection)
        sorts = (Sort.NEWEST, Sort.OLDEST, Sort.QUALITY)
        for sort in sorts:
            found(browser, connection, "", sort)
        changed = data.draw(st.lists(st.integers(1, 45), min_size=1, max_size=2))
        for photo_id in changed:
            put_photo(connection, photo_id, taken=data.draw(days), quality=0.5)
        browser.update(connection, [PhotoId(one) for one in changed])
        fresh = browser_of(connection)
        for sort in sorts:
            assert found(browser, connection, "", sort) == found(fresh, connection, "", sort)


def test_a_page_carries_what_layout_needs(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1, taken="1970-01-03")
    put_photo(connection, 2, taken="1969-12-31", video=True)
    connection.execute("UPDATE photo SET width = 300, height = 200, colour = 255 WHERE id = 1")
    page = browser_of(connection).find(connection, Query(), Sort.OLDEST)
    assert page.ids.tolist() == [2, 1]
    assert page.ids.dtype == np.int32
    assert page.aspect.tolist() == [1.5, 1.5]
    assert page.day.tolist() == [-1, 2]
    assert page.colour.tolist() == [-1, 255]
    assert (page.total, page.videos) == (2, 1)


def test_only_what_is_asked_for_is_read(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1, tags={"dog": "imported"}, taken="2020-01-01")
    browser = Browser(FacetIndex(TAXONOMY), PhotoColumns(), TAXONOMY)
    browser.update(connection, [PhotoId(1)])
    assert browser.columns.exists.size == 0
    assert found(browser, connection, "2020") == [1]
    browser.update(connection, [PhotoId(1)])
    assert browser.suggest("dog") == []
    assert found(browser, connection, "thing:dog") == [1]
    assert browser.suggest("dog") == ["dog"]
    put_photo(connection, 2, tags={"dog": "imported"})
    assert found(browser, connection, "dog") == [1]
    browser.update(connection, None)
    assert counts_of(browser, connection, "", Facet.THING) == {"animal": 2, "dog": 2}
    assert found(browser, connection, "dog") == [2, 1]


def test_the_library_may_be_ahead_of_memory(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1, tags={"dog": "imported"}, title="lake")
    browser = browser_of(connection)
    put_photo(connection, 20_000, tags={"dog": "imported"}, title="lake")
    for text in ("lake", "dog", ""):
        for sort in Sort:
            assert found(browser, connection, text, sort) == [1]
    browser.update(connection, [PhotoId(20_000)])
    for text in ("lake", "dog", ""):
        assert found(browser, connection, text) == [20_000, 1]


def test_what_never_could_be_decoded_is_no_photo_to_browse_unless_someone_decided(
    connection: sqlite3.Connection,
) -> None:
    put_photo(connection, 1)
    put_photo(connection, 2, problem=True)
    put_photo(connection, 3, problem=True, colour=0)
    put_photo(connection, 4, problem=True, favourite=True)
    put_photo(connection, 5, problem=True, tags={"beach": "manual"})
    put_photo(connection, 6, problem=True, tags={"beach": "imported"})
    browser = browser_of(connection)
    assert set(found(browser, connection, "")) == {1, 3, 4, 5}
    assert counts_of(browser, connection, "", Facet.YEAR) == {"2024": 4}
    assert counts_of(browser, connection, "", Facet.SCENE) == {"beach": 1}
    connection.execute("DELETE FROM problem WHERE photo_id = 2")
    browser.update(connection, [PhotoId(2)])
    assert set(found(browser, connection, "")) == {1, 2, 3, 4, 5}


def test_a_moment_outside_of_all_calendars_has_no_year(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1)
    connection.execute("UPDATE photo SET taken_s = 1000000000000000")
    browser = browser_of(connection)
    assert counts_of(browser, connection, "", Facet.YEAR) == {}
    assert found(browser, connection, "") == [1]


def test_suggestions_are_near_and_in_use(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1, tags={"beach": "suggested", "grandma": "manual", "dog": "rejected"})
    browser = browser_of(connection)
    assert browser.suggest("baech") == ["beach"]
    assert browser.suggest("gra") == ["grandma"]
    assert browser.suggest("dog") == []
    assert browser.suggest("") == []
    assert browser.suggest("quarterly report") == []


def test_many_words_do_not_pile_up(connection: sqlite3.Connection) -> None:
    put_photo(connection, 1, title="lake")
    browser = browser_of(connection)
    for number in range(200):
        assert found(browser, connection, f"word{number}") == []
    assert found(browser, connection, "lake") == [1]


@pytest.mark.parametrize("share", [0.001, 0.5])
def test_sparse_and_dense_postings_agree(share: float) -> None:
    random = np.random.default_rng(3)
    width = 8192
    ids = np.flatnonzero(random.random(width) < share).astype(np.int32)
    posting = Posting(ids, width)
    assert len(posting) == len(ids)
    assert posting.ids.tolist() == ids.tolist()
    flags = random.random(width) < 0.3
    assert posting.count_in(Selection(flags)) == np.count_nonzero(flags[ids])
    assert posting.count_in(Selection(np.concatenate((flags, flags)))) == np.count_nonzero(
        flags[ids]
    )
    probe = np.arange(0, 2 * width, 7, dtype=np.int32)
    assert posting.has(probe).tolist() == np.isin(probe, ids).tolist()
    wide = np.zeros(2 * width, np.bool_)
    posting.add_to(wide)
    assert np.flatnonzero(wide).tolist() == ids.tolist()


@given(st.lists(st.tuples(st.sets(st.integers(1, 500)), st.sets(st.integers(1, 500))), max_size=6))
def test_replacing_photos_of_a_posting(steps: list[tuple[set[int], set[int]]]) -> None:
    """From sparse to dense: 1,024 photos wide, dense from 16 photos on."""
    expected: set[int] = set()
    posting = Posting(as_ids(expected), 1024)
    for changed, now in steps:
        now &= changed
        expected = (expected - changed) | now
        posting.replace(as_ids(changed), as_ids(now), 1024)
        assert posting.ids.tolist() == sorted(expected)
        assert len(posting) == len(expected)


def test_a_common_value_grows_with_the_library() -> None:
    posting = Posting(np.arange(1, 1000, dtype=np.int32), 1024)
    posting.replace(as_ids([3, 2000]), as_ids([2000]), 2048)
    assert posting.ids.tolist() == [1, 2, *range(4, 1000), 2000]


def test_ids_from_text_and_unions() -> None:
    assert parsed_ids("3,1,2,3").tolist() == [1, 2, 3]
    assert parsed_ids("1,5").tolist() == [1, 5]
    assert union([]).tolist() == []
    assert union([as_ids([2]), as_ids([]), as_ids([1, 2])]).tolist() == [1, 2]
    assert union([as_ids([]), as_ids([])]).tolist() == []
