"""Own media as a footage source: each scene its own part, a plan that depends on nothing else, files as they came."""

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelineage.documents import FPS, VisualKind
from reelineage.errors import BadInput, Cancelled, PermanentError
from reelineage.look import Footage, FootageFile
from resources.footage import Shot
from resources.footage.media_plan import Piece, plan
from resources.footage.own_media import OwnMedia, StoredFile, read_folder
from resources.rendering.media_probe import MediaFacts, inspect_media
from tests.resources.footage.shots import shot, visual
from tests.resources.rendering.own_films import make

X264 = ("-c:v", "libx264", "-preset", "ultrafast")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of four seconds, one of one, and a still."""
    folder = tmp_path_factory.mktemp("media")
    make(folder / "beach.mp4", *X264, source="testsrc2=s=160x90:r=25:d=4")
    make(folder / "city.mp4", *X264, source="testsrc2=s=160x90:r=25:d=1")
    make(folder / "map.png", "-frames:v", "1")
    return folder


def stored(folder: Path) -> list[StoredFile]:
    return [StoredFile(path.name, path, hashlib.sha256(path.read_bytes()).hexdigest()) for path in read_folder(folder)]


def footage(**changes: object) -> Footage:
    file = FootageFile(name="beach.mp4", artifact_sha256="0" * 64)
    return Footage.model_validate({"provider": "own_media", "files": (file,), **changes})


def scene(number: int, frames: int, *, seed: int = 0) -> Shot:
    return shot(visual(VisualKind.STATEMENT), number=number, frames=frames, video_seed=seed)


def ignore(done: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture(scope="module")
def film_facts(folder: Path) -> MediaFacts:
    return inspect_media(folder / "beach.mp4")


@pytest.fixture(scope="module")
def still_facts(folder: Path) -> MediaFacts:
    return inspect_media(folder / "map.png")


def parts(facts: Sequence[MediaFacts], lengths: Sequence[int], pieces: Sequence[Piece]) -> None:
    """Raises unless each piece lies within its file and no two of one file overlap."""
    for piece, length in zip(pieces, lengths, strict=True):
        seconds = facts[piece.file].seconds
        assert seconds is None or piece.first_seconds + length / FPS <= seconds + 1e-6
    for (one, first), (other, second) in itertools.combinations(zip(pieces, lengths, strict=True), 2):
        if one.file == other.file:
            assert facts[one.file].seconds is not None, "a still is shown once"
            ends = one.first_seconds + first / FPS <= other.first_seconds
            assert ends or other.first_seconds + second / FPS <= one.first_seconds


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    films=st.lists(st.one_of(st.none(), st.floats(0.5, 40)), min_size=1, max_size=8),
    lengths=st.lists(st.integers(1, 300), min_size=1, max_size=10),
    seed=st.integers(0, 2**31),
)
def test_no_part_is_shown_twice_whatever_the_files_and_scenes(
    film_facts: MediaFacts, still_facts: MediaFacts, films: list[float | None], lengths: list[int], seed: int
) -> None:
    facts = [still_facts if seconds is None else replace(film_facts, seconds=seconds) for seconds in films]
    try:
        pieces = plan(facts, lengths, seed)
    except PermanentError as error:
        assert "Add stills or longer films" in str(error)  # noqa: PT017 — not every draw can be served
        return
    parts(facts, lengths, pieces)
    assert pieces == plan(facts, lengths, seed)


def test_each_scene_has_its_own_file_while_there_are_enough(film_facts: MediaFacts) -> None:
    facts = [replace(film_facts, seconds=20.0)] * 5
    orders = {tuple(piece.file for piece in plan(facts, [60] * 5, seed)) for seed in range(5)}
    assert all(sorted(order) == [0, 1, 2, 3, 4] for order in orders)
    assert len(orders) == 5
    assert (2, 3, 4, 0, 1) in orders  # by name, from one that the seed chooses


def test_one_long_film_serves_several_scenes_with_what_comes_after(film_facts: MediaFacts) -> None:
    pieces = plan([replace(film_facts, seconds=20.0)], [60, 90, 120], 7)
    assert [piece.first_seconds for piece in pieces] == [0.0, 3.0, 7.0]  # a second between, for transitions


def test_a_long_scene_gets_the_long_film_although_a_short_one_comes_first(
    film_facts: MediaFacts, still_facts: MediaFacts
) -> None:
    facts = [replace(film_facts, seconds=10.0), replace(film_facts, seconds=3.0), still_facts]
    for seed in range(3):
        pieces = plan(facts, [60, 60, 290], seed)
        parts(facts, [60, 60, 290], pieces)
        assert pieces[2].file in (0, 2)


def test_where_files_in_order_do_not_work_out_the_longest_scenes_choose_first(film_facts: MediaFacts) -> None:
    facts = [replace(film_facts, seconds=5.0), replace(film_facts, seconds=7.5)]
    lengths = [60, 150, 132]
    pieces = plan(facts, lengths, 0)
    parts(facts, lengths, pieces)
    assert [piece.file for piece in pieces] == [1, 0, 1]


def test_a_scene_that_nothing_is_long_enough_for_is_named_with_what_is_there(folder: Path, tmp_path: Path) -> None:
    files = [file for file in stored(folder) if file.name != "map.png"]
    source = OwnMedia(files, footage(), [60, 240])
    with pytest.raises(PermanentError, match=r"scene 2: it lasts 8\.0 s .* beach\.mp4 with 4\.0 s"):
        source.film(scene(2, 240), tmp_path / "clip", ignore)
    assert not list(tmp_path.iterdir())


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    films=st.lists(st.one_of(st.none(), st.floats(5, 40)), min_size=3, max_size=8),
    retakes=st.lists(st.integers(1, 3), min_size=1, max_size=6),
)
def test_a_scene_again_shows_what_was_never_shown_and_changes_no_other(
    film_facts: MediaFacts, still_facts: MediaFacts, films: list[float | None], retakes: list[int]
) -> None:
    facts = [still_facts if seconds is None else replace(film_facts, seconds=seconds) for seconds in films]
    lengths = [60, 90, 30]
    pieces = plan(facts, lengths, 7)
    shown, spans = [*pieces], [*lengths]
    for count, number in enumerate(retakes, 1):
        try:
            now = plan(facts, lengths, 7, retakes=retakes[:count])
        except PermanentError as error:
            assert f"other footage for scene {number}" in str(error)  # noqa: PT017 — not every draw can be served
            assert "A job keeps the files it began with" in str(error)  # noqa: PT017 — as above
            return
        assert all(now[other] == pieces[other] for other in range(3) if other != number - 1)
        shown.append(now[number - 1])
        spans.append(lengths[number - 1])
        parts(facts, spans, shown)
        pieces = now


def test_no_files_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="there is no film"):
        OwnMedia([], footage(), [30]).film(scene(1, 30), tmp_path / "clip", ignore)


def test_stills_move_never_the_same_way_twice_in_a_row(still_facts: MediaFacts) -> None:
    movements = [piece.movement for piece in plan([still_facts] * 20, [90] * 20, 5)]
    assert all(one != other for one, other in itertools.pairwise(movements))
    assert len(set(movements)) == 6
    assert {piece.movement for piece in plan([still_facts] * 3, [90] * 3, 5, stills_move=False)} == {"none"}


def test_films_never_move(film_facts: MediaFacts) -> None:
    assert {piece.movement for piece in plan([film_facts] * 3, [30] * 3, 5)} == {"none"}


def test_a_scene_gets_the_file_as_it_came_and_what_is_known_about_it(folder: Path, tmp_path: Path) -> None:
    lengths = [90, 25, 200]
    source = OwnMedia(stored(folder), footage(author="A. Filmer", licence="CC-BY-4.0", fit="contain"), lengths)
    takes = [source.film(scene(n, frames), tmp_path / f"clip {n}", ignore) for n, frames in enumerate(lengths, 1)]
    assert [take.media_type for take in takes] == ["video/mp4", "video/mp4", "image/png"]
    assert [take.media[0].title for take in takes] == ["beach.mp4", "city.mp4", "map.png"]
    for number, take in enumerate(takes, 1):
        (item,) = take.media
        data = (tmp_path / f"clip {number}").read_bytes()
        assert data == (folder / item.title).read_bytes()
        assert item.sha256 == item.external_id == hashlib.sha256(data).hexdigest()
        assert (item.kind, item.provider, item.author, item.licence) == (
            "footage",
            "own_media",
            "A. Filmer",
            "CC-BY-4.0",
        )
        assert (item.page_url, take.placement.fit if take.placement else None) == ("unknown", "contain")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip 1", "clip 2", "clip 3"]


def test_a_smart_crop_is_laid_down_with_the_clip(folder: Path, tmp_path: Path) -> None:
    take = OwnMedia(stored(folder), footage(fit="smart"), [30]).film(scene(1, 30), tmp_path / "clip", ignore)
    assert take.placement is not None
    assert take.placement.crop_at is not None
    assert take.placement.crop_at[1] == 0.5
    take = OwnMedia(stored(folder), footage(fit="cover"), [30]).film(scene(1, 30), tmp_path / "clip", ignore)
    assert take.placement is not None
    assert take.placement.crop_at is None


def test_a_file_whose_crop_cannot_be_chosen_is_called_by_its_own_name(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies under the digest of its bytes, which says nothing to its owner."""
    kept = tmp_path / "0123456789abcdef"
    kept.write_bytes((folder / "beach.mp4").read_bytes())
    facts = inspect_media(kept)
    kept.write_bytes(b"nothing")
    monkeypatch.setattr("resources.footage.own_media.inspect_media", lambda *_, **__: facts)
    source = OwnMedia([StoredFile("beach.mp4", kept, "0" * 64)], footage(fit="smart"), [30])
    with pytest.raises(PermanentError, match=r"Looking at the footage beach\.mp4"):
        source.film(scene(1, 30), tmp_path / "clip", ignore)


def test_a_cancellation_is_heard_between_two_files_and_each_is_looked_at_once(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(path: Path, *, name: str) -> MediaFacts:
        looked.append(name)
        return inspect_media(path)

    def stop_after_one(done: int) -> None:
        assert done == 0
        if looked:
            raise Cancelled("stopped by a person")

    monkeypatch.setattr("resources.footage.own_media.inspect_media", look)
    source = OwnMedia(stored(folder), footage(fit="cover"), [20])
    with pytest.raises(Cancelled):
        source.film(scene(1, 20), tmp_path / "clip", stop_after_one)
    assert looked == ["the footage beach.mp4"]
    source.film(scene(1, 20), tmp_path / "clip", ignore)
    assert looked == [f"the footage {name}" for name in ("beach.mp4", "city.mp4", "map.png")]


def test_scenes_filmed_alone_and_in_any_order_give_the_same_video(folder: Path, tmp_path: Path) -> None:
    lengths = [20, 90, 25]
    forwards = OwnMedia(stored(folder), footage(), lengths)
    takes = {n: forwards.film(scene(n, lengths[n - 1], seed=4), tmp_path / "clip", ignore) for n in (1, 2, 3)}
    for number in (3, 1, 2):
        alone = OwnMedia(stored(folder)[::-1], footage(), lengths)
        assert alone.film(scene(number, lengths[number - 1], seed=4), tmp_path / "clip", ignore) == takes[number]


def test_a_plan_for_other_lengths_is_not_used(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="plan was made for scenes of"):
        OwnMedia(stored(folder), footage(), [20]).film(scene(1, 21), tmp_path / "clip", ignore)


def test_handing_over_a_file_leaves_the_stored_one_and_nothing_half_made(folder: Path, tmp_path: Path) -> None:
    files = stored(folder)
    gone = [replace(file, path=tmp_path / "gone" / file.name) for file in files]
    source = OwnMedia(files, footage(fit="cover"), [30])
    source.film(scene(1, 30), tmp_path / "clip", ignore)
    (tmp_path / "clip").unlink()
    assert (folder / "beach.mp4").exists()
    with pytest.raises(PermanentError, match=r"beach\.mp4"):
        OwnMedia(gone, footage(), [30]).film(scene(1, 30), tmp_path / "clip", ignore)
    assert not list(tmp_path.iterdir())


# --- the folder -----------------------------------------------------------------------------------------------------


def test_a_folder_gives_its_films_and_stills_by_name_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    for name in ("b.MP4", "a.mp4", ".hidden.mp4", "notes.txt", "Thumbs.db"):
        (tmp_path / name).write_bytes((folder / "city.mp4").read_bytes())
    (tmp_path / "c.png").write_bytes((folder / "map.png").read_bytes())
    (tmp_path / "d.mp4").mkdir()
    (tmp_path / "e.mp4").symlink_to(tmp_path / "a.mp4")
    assert [path.name for path in read_folder(tmp_path)] == ["a.mp4", "b.MP4", "c.png"]


@pytest.mark.parametrize("target", ["/etc/hostname", "../outside.mp4", "/dev/zero"])
def test_a_link_that_leads_out_of_the_folder_is_refused_by_name(folder: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.mp4").write_bytes((folder / "city.mp4").read_bytes())
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "holiday.mp4").symlink_to(target)
    with pytest.raises(BadInput, match=r"holiday\.mp4 is a link"):
        read_folder(inside)


def test_a_file_that_is_not_what_its_suffix_says_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("#EXTM3U\n/etc/hostname\n")
    with pytest.raises(BadInput, match=r"a\.mp4: it is none of MP4"):
        read_folder(tmp_path)


def test_a_folder_of_its_own_is_needed(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        read_folder(tmp_path / "missing")
    with pytest.raises(BadInput, match="no film or still"):
        read_folder(tmp_path)


def test_a_folder_of_201_files_is_too_many(folder: Path, tmp_path: Path) -> None:
    for number in range(201):
        (tmp_path / f"{number}.png").hardlink_to(folder / "map.png")
    with pytest.raises(BadInput, match="more than 200 files"):
        read_folder(tmp_path)
    (tmp_path / "0.png").unlink()
    assert len(read_folder(tmp_path)) == 200
