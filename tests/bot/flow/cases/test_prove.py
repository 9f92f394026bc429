"""Closing needs evidence: what each service asks for, what is taken, who sees it and when."""

from functools import partial

import pytest
import sqlalchemy as sa

from bot.flow.cases import follow_up, handle
from bot.flow.cases.prove import PHOTOS_MOST, add_photo, lacking, released, sign
from bot.model.case import Case, RefusedError, State
from bot.model.proof import Proof, Purpose
from bot.ports.storage import Storage, Tx
from bot.store import tables as t
from nlp.matter.services import Evidence
from tests.bot.community import Community, meaning, reporter_of, rules


@pytest.fixture
async def community(storage: Storage) -> Community:
    made = Community(storage, rules())
    await made.fill()
    return made


async def handler_of(community: Community, case: Case) -> str:
    assert case.handler_id is not None
    handler_id = case.handler_id
    return (await community.storage.read(lambda views: views.staff.get(handler_id))).login


async def photograph(
    community: Community,
    case: Case,
    purpose: Purpose = Purpose.AFTER,
    content: bytes = b"photo",
    *,
    login: str = "",
    shown: bool = True,
) -> None:
    staff = await community.staff(login or await handler_of(community, case))
    await community.storage.write(
        lambda tx: add_photo(
            tx,
            community.rules,
            case.id,
            staff,
            purpose,
            content,
            media_type="image/jpeg",
            shown=shown,
        )
    )


async def signed(community: Community, case: Case, name: str, drawing: bytes = b"") -> None:
    staff = await community.staff(await handler_of(community, case))
    await community.storage.write(
        lambda tx: sign(tx, community.rules, case.id, staff, name, drawing, media_type="image/png")
    )


async def resolve(community: Community, case: Case) -> Case:
    now = await community.case(case.id)
    staff = await community.staff(await handler_of(community, now))
    return await community.storage.write(
        lambda tx: handle.resolve(
            tx, community.rules, case.id, staff, "都清走了，看过了", version=now.version
        )
    )


async def proofs_of(community: Community, case: Case) -> list[Proof]:
    return list(await community.storage.read(lambda views: views.proofs.of_case(case.id)))


CLOSINGS = [
    ("a note is enough", "noise_neighbour", "", None),
    ("a lift without a photo", "lift_fault", "", "photo_missing"),
    ("a lift with a photo of after", "lift_fault", "after", None),
    ("rubbish without a photo", "garbage", "", "photo_missing"),
    ("rubbish with a photo of before", "garbage", "before", "photo_missing"),
    ("rubbish with a photo of after", "garbage", "after", None),
    ("a pothole with a signature", "road_broken", "signature", "photo_missing"),
    ("a repair at home without a signature", "home_repair", "after", "signature_missing"),
    ("a repair at home with a signature", "home_repair", "signature", None),
    ("a repair at home with a typed name", "home_repair", "name", None),
]


@pytest.mark.parametrize(("label", "service", "given", "refused"), CLOSINGS)
async def test_closing(
    community: Community, label: str, service: str, given: str, refused: str | None
) -> None:
    case = await community.report(meaning(service))
    if given in {"before", "after"}:
        await photograph(community, case, Purpose(given))
    elif given:
        await signed(community, case, "李阿姨", b"drawn" if given == "signature" else b"")
    if refused is None:
        assert (await resolve(community, case)).state is State.FOLLOW_UP, label
        return
    with pytest.raises(RefusedError, match=refused):
        await resolve(community, case)
    assert (await community.case(case.id)).state is State.ASSIGNED


async def test_each_round_needs_evidence_of_its_own(community: Community) -> None:
    case = await community.report(meaning("garbage"))
    await photograph(community, case)
    await resolve(community, case)
    again = await community.storage.write(
        lambda tx: follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "又堆了")
    )
    assert again.state is State.ASSIGNED
    with pytest.raises(RefusedError, match="photo_missing"):
        await resolve(community, case)
    await photograph(community, again)
    await resolve(community, case)
    assert [proof.round for proof in await proofs_of(community, case)] == [0, 1]


async def test_the_reporter_sees_the_photos_of_a_round_from_its_closing_on(
    community: Community,
) -> None:
    case = await community.report(meaning("garbage"))
    await photograph(community, case, Purpose.BEFORE, b"heap")
    await photograph(community, case, content=b"faces", shown=False)
    await photograph(community, case, content=b"clean")
    await signed(community, case, "李阿姨", b"drawn")
    proofs = await proofs_of(community, case)
    assert not released(await community.case(case.id), proofs)
    closed = await resolve(community, case)
    assert [proof.purpose for proof in released(closed, proofs)] == ["before", "after"]
    again = await community.storage.write(
        lambda tx: follow_up.dispute(tx, community.rules, case.id, reporter_of(case), "")
    )
    await photograph(community, again, content=b"second")
    shown = released(again, await proofs_of(community, case))
    assert [proof.round for proof in shown] == [0, 0]
    assert lacking(community.rules, again, proofs) is Evidence.PHOTO


async def test_the_same_photo_is_kept_once_and_sealed(
    community: Community, engine: sa.Engine
) -> None:
    case = await community.report(meaning("garbage"))
    for _ in range(2):
        await photograph(community, case, content=b"clean")
    (proof,) = await proofs_of(community, case)
    content = await community.storage.read(lambda views: views.proofs.content(proof.id))
    assert content == b"clean"
    with engine.connect() as connection:
        stored = connection.execute(sa.select(t.proof_content.c.content)).scalar_one()
        assert "clean" not in stored
        for change in (
            t.proof.update().values(purpose="before"),
            t.proof_content.update().values(content="other"),
            t.proof_content.delete(),
        ):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                connection.execute(change)
            connection.rollback()


async def test_who_asks_to_be_forgotten_is_on_no_photo_any_more(community: Community) -> None:
    case = await community.report(meaning("home_repair"))
    await photograph(community, case)
    await signed(community, case, "李阿姨", b"drawn")
    await community.storage.write(lambda tx: tx.people.erase(case.reporter_id))
    proofs = await proofs_of(community, case)
    assert [proof.name for proof in proofs] == ["", ""]
    for proof in proofs:
        content = partial(lambda views, proof_id: views.proofs.content(proof_id), proof_id=proof.id)
        assert await community.storage.read(content) == b""


REFUSED = [
    ("somebody else's case", "zhao", 0, "not_yours"),
    ("a dispatcher may", "lin", 0, None),
    ("too many", "wang", PHOTOS_MOST, "photos_enough"),
]


@pytest.mark.parametrize(("label", "login", "before", "refused"), REFUSED)
async def test_photos_are_refused(
    community: Community, label: str, login: str, before: int, refused: str | None
) -> None:
    case = await community.report()
    for n in range(before):
        await photograph(community, case, content=b"%d" % n)
    if refused is None:
        await photograph(community, case, login=login)
        assert len(await proofs_of(community, case)) == 1, label
        return
    with pytest.raises(RefusedError, match=refused):
        await photograph(community, case, content=b"one more", login=login)


async def test_nothing_is_added_once_it_is_closed(community: Community) -> None:
    case = await community.report(meaning("noise_neighbour"))
    await resolve(community, case)
    with pytest.raises(RefusedError, match="not_now"):
        await photograph(community, case)


@pytest.mark.parametrize(
    ("name", "refused"),
    [("", "signature_empty"), ("  ", "signature_empty"), ("名" * 31, "too_long")],
)
async def test_a_signature_says_who(community: Community, name: str, refused: str) -> None:
    case = await community.report()
    with pytest.raises(RefusedError, match=refused):
        await signed(community, case, name)


async def test_no_case_no_photo(community: Community) -> None:
    staff = await community.staff("wang")

    def unit(tx: Tx) -> None:
        sign(tx, community.rules, 99, staff, "李阿姨", b"", media_type="image/png")

    with pytest.raises(RefusedError, match="no_such_case"):
        await community.storage.write(unit)
