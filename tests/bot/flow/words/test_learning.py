"""What staff put right is proposed, taken by a second person, released, and taken back."""

from dataclasses import replace

import pytest

from bot.flow.cases.assign import recategorise
from bot.flow.words import learning
from bot.flow.words.learning import Draft
from bot.model.case import Case, RefusedError, State
from bot.model.staff import Role, Staff
from bot.ports.learning import HELD_EVERY, LessonState, Trial, WordRule
from bot.ports.storage import Storage, Tx
from tests.bot.community import Community, interpreter, rules
from tests.fakes.clock import FakeClock

INTERPRETER = interpreter()


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def moved(community: Community, service_code: str = "street_light") -> Case:
    case, lin = await community.report(), await community.staff("lin")
    await community.storage.write(
        lambda tx: recategorise(
            tx, community.rules, case.id, lin, service_code, version=case.version
        )
    )
    return case


async def waiting(community: Community, state: LessonState = LessonState.WAITING) -> list[int]:
    found = await community.storage.read(lambda views: views.learning.lessons(state, 9))
    return [one.id for one in found]


async def taken(community: Community) -> tuple[Staff, Draft]:
    """A correction is taken, and what would be released."""
    await moved(community)
    ding = await community.staff("ding")
    [number] = await waiting(community)
    await community.storage.write(lambda tx: learning.accept(tx, number, ding))
    return ding, await drafted(community)


async def held(community: Community, staff: Staff, word: str, rule: WordRule) -> None:
    await community.storage.write(lambda tx: learning.hold(tx, staff, word, rule, "路名里有它"))


async def drafted(community: Community) -> Draft:
    return learning.draft(INTERPRETER, await community.storage.read(learning.sources))


async def test_a_correction_waits_and_moving_the_case_back_takes_it_back(
    community: Community,
) -> None:
    case = await moved(community)
    [number] = await waiting(community)
    lesson = await community.storage.write(lambda tx: tx.learning.lesson(number))
    assert lesson is not None
    assert (lesson.wrong, lesson.service_code) == (case.service_code, "street_light")
    now = await community.storage.write(lambda tx: tx.cases.get(case.id))
    lin = await community.staff("lin")
    await community.storage.write(
        lambda tx: recategorise(
            tx, community.rules, case.id, lin, case.service_code, version=now.version
        )
    )
    assert await waiting(community) == []


async def test_what_is_taken_counts_after_the_release_and_not_after_going_back(
    community: Community,
) -> None:
    ding, made = await taken(community)
    assert {one.label for one in made.changes if one.by > 0} == {"street_light"}
    number = await community.storage.write(lambda tx: learning.release(tx, ding, made))
    assert await waiting(community, LessonState.RELEASED) != []
    assert (await drafted(community)).empty
    again = await community.storage.write(lambda tx: learning.go_back(tx, ding, 0))
    newest, before = await community.storage.read(lambda views: views.learning.versions(9))
    assert (newest.id, newest.changes, newest.back_to, before.id) == (again, "", 0, number)
    await community.storage.write(lambda tx: learning.go_back(tx, ding, number))
    [newest] = await community.storage.read(lambda views: views.learning.versions(1))
    assert newest.changes == before.changes


async def test_nobody_takes_their_own_correction(community: Community) -> None:
    await moved(community)
    [number] = await waiting(community)
    lin = replace(await community.staff("lin"), role=Role.DATA_SUPERVISOR)
    with pytest.raises(RefusedError, match="lesson_own"):
        await community.storage.write(lambda tx: learning.accept(tx, number, lin))


async def test_who_does_not_supervise_data_changes_nothing(community: Community) -> None:
    await moved(community)
    [number] = await waiting(community)
    lin = await community.staff("lin")
    made = await drafted(community)
    for unit in (
        lambda tx: learning.accept(tx, number, lin),
        lambda tx: learning.refuse(tx, number, lin),
        lambda tx: learning.hold(tx, lin, "电梯", WordRule.BANNED, "试试"),
        lambda tx: learning.release(tx, lin, made),
        lambda tx: learning.go_back(tx, lin, 0),
    ):
        with pytest.raises(RefusedError, match="not_allowed"):
            await community.storage.write(unit)


async def test_a_table_that_would_be_worse_is_not_released(community: Community) -> None:
    ding, made = await taken(community)
    worse = replace(made, trial=Trial(10, 9, 8))
    with pytest.raises(RefusedError, match="words_worse"):
        await community.storage.write(lambda tx: learning.release(tx, ding, worse))


ALONE = [
    ("proven, a day later", 24, Trial(300, 280, 280), None),
    ("proven, and somebody may still look", 23, Trial(300, 280, 290), "words_changed"),
    ("tried on too few", 24, Trial(299, 280, 290), "words_unproven"),
    ("worse", 24, Trial(300, 280, 279), "words_worse"),
]


@pytest.mark.parametrize(("label", "hours", "trial", "refused"), ALONE)
async def test_without_a_person_only_what_was_agreed_to_and_proved_itself_is_released(
    community: Community,
    clock: FakeClock,
    label: str,
    hours: int,
    trial: Trial,
    refused: str | None,
) -> None:
    ding, made = await taken(community)
    clock.move(hours=hours)
    made = replace(made, trial=trial)
    if refused is None:
        await community.storage.write(lambda tx: learning.release_alone(tx, made))
        [newest] = await community.storage.read(lambda views: views.learning.versions(1))
        assert (newest.automatic, newest.staff_id) == (True, ding.id), label
        return
    with pytest.raises(RefusedError) as found:
        await community.storage.write(lambda tx: learning.release_alone(tx, made))
    assert found.value.reason == refused, label


async def test_words_that_are_only_banned_are_released_by_a_person(community: Community) -> None:
    ding = await community.staff("ding")
    await held(community, ding, "电梯", WordRule.BANNED)
    made = replace(await drafted(community), trial=Trial(300, 280, 280))
    with pytest.raises(RefusedError, match="words_unproven"):
        await community.storage.write(lambda tx: learning.release_alone(tx, made))


async def test_cases_that_are_held_out_are_tried_on_and_never_learned_from(
    community: Community,
) -> None:
    cases = [await moved(community) for _ in range(2 * HELD_EVERY)]
    waits = await community.storage.read(
        lambda views: views.learning.lessons(LessonState.WAITING, 99)
    )
    held_out = {case.id for case in cases} - {one.case_id for one in waits}
    assert held_out == {case.id for case in cases if case.id % HELD_EVERY == 0}

    def archive(tx: Tx) -> None:
        for case in cases:
            now = tx.cases.get(case.id)
            tx.cases.save(replace(now, state=State.ARCHIVED))

    await community.storage.write(archive)
    confirmed = await community.storage.read(lambda views: views.learning.confirmed(99))
    assert [one.service_code for one in confirmed] == ["street_light"] * len(held_out)


async def test_what_changed_since_the_draft_is_looked_at_again(community: Community) -> None:
    ding, made = await taken(community)
    [number] = await waiting(community, LessonState.ACCEPTED)
    await community.storage.write(lambda tx: learning.refuse(tx, number, ding))
    with pytest.raises(RefusedError, match="words_changed"):
        await community.storage.write(lambda tx: learning.release(tx, ding, made))


async def test_a_word_is_held_at_the_edge_of_a_sentence_too(community: Community) -> None:
    ding, made = await taken(community)
    edges = [one.word for one in made.changes if one.word[1:].endswith("$")]
    assert edges
    for edge in edges:
        await held(community, ding, edge.removesuffix("$"), WordRule.PINNED)
    assert not {one.word for one in (await drafted(community)).changes} & set(edges)
    taught = INTERPRETER.taught([], [edge.removesuffix("$") for edge in edges])
    assert not taught.weights.keys() & set(edges)


async def test_pinned_words_stay_and_banned_ones_say_nothing_after_the_release(
    community: Community,
) -> None:
    ding, made = await taken(community)
    pinned, banned = made.changes[0].word, "电梯"
    await held(community, ding, pinned, WordRule.PINNED)
    await held(community, ding, banned, WordRule.BANNED)
    made = await drafted(community)
    assert pinned not in {one.word for one in made.changes}
    assert list(made.newly_banned) == [banned]
    await community.storage.write(lambda tx: learning.release(tx, ding, made))
    await held(community, ding, banned, WordRule.FREE)
    assert list((await drafted(community)).freed) == [banned]


HOLDS = [
    ("no word", " ", "一条路叫这个", "word_wrong"),
    ("two words", "路 灯", "一条路叫这个", "word_wrong"),
    ("too long", "幸福里小区", "一条路叫这个", "word_wrong"),
    ("no reason", "路灯", "", "too_short"),
    ("a novel", "路灯", "因" * 501, "too_long"),
]


@pytest.mark.parametrize(("label", "word", "reason", "refused"), HOLDS)
async def test_a_word_is_held_with_a_reason(
    community: Community, label: str, word: str, reason: str, refused: str
) -> None:
    ding = await community.staff("ding")
    with pytest.raises(RefusedError) as found:
        await community.storage.write(
            lambda tx: learning.hold(tx, ding, word, WordRule.PINNED, reason)
        )
    assert found.value.reason == refused, label
