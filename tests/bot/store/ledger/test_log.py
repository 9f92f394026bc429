"""Keys, checkpoints and proofs as the storage gives them; erasing leaves all of them valid."""

from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise

import pytest
import sqlalchemy as sa

from bot.ports.log import Receipt
from bot.ports.storage import Storage, Tx, Views
from bot.sealer import Sealer
from bot.store.ground.personal import PersonalData, load_register
from bot.store.ground.unit import Unit
from bot.store.ledger.log import SqlLog
from bot.store.people.erase import erase
from credits.entry import mark_of
from credits.merkle import Tree, verify_consistency, verify_inclusion
from credits.notes import Checkpoint, NoteError, make_signer, open_checkpoint, parse_note
from credits.posting import post
from credits.rotation import chain, valid_at
from tests.credits.making import NOON, posting

NAME = "example.org/ledger"
WITNESS = make_signer("neighbours", b"w" * 32, witness=True)


async def earn(storage: Storage, *people: int, key: str = "k") -> None:
    for person in people:
        wish = posting(f"{key}:{person}", credit=f"resident:{person}")
        await storage.write(
            lambda tx, wish=wish: post(tx.journal, wish, now=NOON, new_id=tx.new_transfer_id)  # type: ignore[misc]
        )


async def signed(storage: Storage) -> Checkpoint:
    await Sealer(storage, "https://example.org").once()
    keys, note = await storage.read(lambda views: (views.log.keys(), views.log.checkpoint()))
    assert note is not None
    size, text = note
    found, by = open_checkpoint(text, valid_at(chain(NAME, keys), size))
    assert (found.size, len(by)) == (size, 1)
    return found


async def test_an_empty_log_is_signed_too(storage: Storage) -> None:
    assert (await signed(storage)).size == 0


async def test_each_checkpoint_extends_the_last(storage: Storage) -> None:
    checkpoints = []
    for number in range(3):
        await earn(storage, 1, 2, 3, key=f"k{number}")
        checkpoints.append(await signed(storage))
    assert [one.size for one in checkpoints] == [3, 6, 9]

    def check(views: Views) -> None:
        tree = Tree(views.log)
        for old, new in pairwise(checkpoints):
            proof = tree.consistency(old.size, new.size)
            verify_consistency(old.size, old.root, new.size, new.root, proof)
        for index, shells in enumerate(views.log.shells(0, 9)):
            verify_inclusion(shells.leaf, index, 9, tree.inclusion(index, 9), checkpoints[-1].root)

    await storage.read(check)


async def test_nothing_new_is_not_signed_again(storage: Storage) -> None:
    await earn(storage, 1)
    await signed(storage)
    assert not await storage.write(lambda tx: tx.log.publish(NAME))


async def test_a_key_announces_the_next(storage: Storage) -> None:
    await earn(storage, 1)
    await signed(storage)
    fresh = await storage.write(lambda tx: tx.log.rotate())
    await earn(storage, 2)
    await signed(storage)
    keys = chain(NAME, await storage.read(lambda views: views.log.keys()))
    assert [key.since for key in keys] == [0, 1]
    assert str(keys[1].verifier) == fresh
    assert valid_at(keys, 0) == [keys[0].verifier]
    assert valid_at(keys, 1) == [keys[0].verifier, keys[1].verifier]
    assert valid_at(keys, 2) == [keys[1].verifier]


async def test_a_key_that_nobody_announced_is_found(storage: Storage) -> None:
    await signed(storage)
    published = list(await storage.read(lambda views: views.log.keys()))
    other = make_signer(NAME, bytes(32)).verifier
    for note in ("", published[0][2], "x\n\n— a AAAAAAAA\n"):
        with pytest.raises(NoteError):
            chain(NAME, [*published, (str(other), 0, note)])


async def test_a_witness_signs_beside_the_log(storage: Storage) -> None:
    await earn(storage, 1)
    found = await signed(storage)
    note = (await storage.read(lambda views: views.log.checkpoint()) or (0, ""))[1]
    cosigned = note + WITNESS.sign(str(found), 1_790_000_000)
    known = [str(WITNESS.verifier)]
    assert await storage.write(lambda tx: tx.log.cosign(cosigned, known)) == "neighbours"
    await storage.write(lambda tx: tx.log.cosign(cosigned, known))
    shown = (await storage.read(lambda views: views.log.checkpoint()) or (0, ""))[1]
    assert shown == cosigned
    assert parse_note(shown).by(WITNESS.verifier) == 1_790_000_000


async def test_who_signed_is_shown_with_how_much_though_the_log_has_grown_since(
    storage: Storage,
) -> None:
    known = [str(WITNESS.verifier)]
    for key in ("a", "b", "c"):
        await earn(storage, 1, key=key)
        found = await signed(storage)
        cosigned = f"{found}\n{WITNESS.sign(str(found), 1)}"
        if key != "c":
            await storage.write(lambda tx, note=cosigned: tx.log.cosign(note, known))  # type: ignore[misc]
    seen = await storage.read(lambda views: views.log.witnesses())
    assert [(one.name, one.size) for one in seen] == [("neighbours", 2)]


async def test_the_line_that_is_kept_is_the_one_that_was_checked(storage: Storage) -> None:
    """Whoever saw a witness's signature could put another line of that name before it."""
    await earn(storage, 1)
    found = await signed(storage)
    right = WITNESS.sign(str(found), 1)
    wrong = make_signer("neighbours", b"x" * 32, witness=True).sign(str(found), 1)
    known = [str(WITNESS.verifier)]
    await storage.write(lambda tx: tx.log.cosign(f"{found}\n{wrong}{right}", known))
    shown = (await storage.read(lambda views: views.log.checkpoint()) or (0, ""))[1]
    assert right in shown
    assert wrong not in shown


@pytest.mark.parametrize("case", ["unknown", "wrong", "other"])
async def test_what_no_witness_signed_is_not_kept(storage: Storage, case: str) -> None:
    await earn(storage, 1)
    found = await signed(storage)
    told = Checkpoint(NAME, 1, bytes(32)) if case == "other" else found
    line = WITNESS.sign(str(found if case == "wrong" else told), 1)
    if case == "wrong":
        line = WITNESS.sign(str(Checkpoint(NAME, 1, bytes(32))), 1)
    known: Sequence[str] = [] if case == "unknown" else [str(WITNESS.verifier)]
    with pytest.raises(NoteError):
        await storage.write(lambda tx: tx.log.cosign(f"{told}\n{line}", known))


async def test_a_receipt_opens_what_the_leaf_hides(storage: Storage) -> None:
    await earn(storage, 1, 2)
    await signed(storage)
    (receipt,) = await storage.read(lambda views: views.log.receipts(2))
    salt = bytes.fromhex(receipt.salt)
    assert receipt.index == 1
    assert f'"credit":"{mark_of("resident:2", salt)}"' in receipt.middle
    assert _named(receipt) in receipt.middle
    assert '"k:2"' in receipt.inner
    assert await storage.read(lambda views: views.log.receipts(3)) == []


def _named(receipt: Receipt) -> str:
    """The commitment to the inner shell, as the receipt's own script works it out."""
    salts = [bytes.fromhex(receipt.salt), bytes.fromhex(receipt.other_salt)]
    both = b"".join(salts if receipt.side == "debit" else reversed(salts))
    return sha256(b"gongzhi named/1\0" + both + receipt.inner.encode()).hexdigest()


async def joined(storage: Storage) -> None:
    """1 went into 2, which brought points along, and 2 into 3, which brought none."""

    def unit(tx: Tx) -> None:
        for number in range(1, 5):
            assert tx.people.meet("web", f"browser {number}").person_id == number
        post(tx.journal, link, now=NOON, new_id=tx.new_transfer_id)
        for old, new in ((1, 2), (2, 3)):
            tx.people.absorb(old=old, into=new)

    await earn(storage, 1, 2, 3, 4)
    link = posting("link:1", "resident:1", "resident:2", 1, activity="link_accounts")
    await storage.write(unit)
    await signed(storage)


async def test_receipts_of_a_joined_account_are_hers_page_by_page(storage: Storage) -> None:
    await joined(storage)

    def look(views: Views) -> list[list[tuple[int, str, str]]]:
        pages, before = [], None
        while page := views.log.receipts(3, most=2, before=before):
            assert all(_named(one) in one.middle for one in page)
            pages.append([(one.index, one.owner, one.side) for one in page])
            before = page[-1].index
        return pages

    assert await storage.read(look) == [
        [(4, "resident:2", "credit"), (2, "resident:3", "credit")],
        [(1, "resident:2", "credit"), (0, "resident:1", "credit")],
    ]


async def test_a_receipt_does_not_open_the_mark_of_somebody_else(storage: Storage) -> None:
    await earn(storage, 1)
    wish = posting("gift", "resident:1", "resident:2", 2)
    await storage.write(lambda tx: post(tx.journal, wish, now=NOON, new_id=tx.new_transfer_id))
    await signed(storage)
    for person in (1, 2):
        found = await storage.read(
            lambda views, person=person: views.log.receipts(person)  # type: ignore[misc]
        )
        assert (found[0].owner, found[0].other_salt) == (f"resident:{person}", "")


async def test_erasing_takes_the_salt_and_leaves_the_proofs(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    await earn(storage, 1, 2)
    before = await signed(storage)
    with engine.begin() as connection:
        for person in (1, 2, 3):
            erase(Unit(connection, NOON, personal), person)
    await earn(storage, 3, key="late")
    after = await signed(storage)
    proof = await storage.read(lambda views: Tree(views.log).consistency(2, 3))
    verify_consistency(2, before.root, 3, after.root, proof)
    assert await storage.read(lambda views: views.log.receipts(1)) == []
    with engine.connect() as connection:
        salts = {row[0] for row in connection.exec_driver_sql("SELECT salt FROM account_mark")}
    assert salts == {""}


async def test_erasing_takes_the_salts_of_joined_accounts_too(
    storage: Storage, engine: sa.Engine, personal: PersonalData
) -> None:
    await joined(storage)
    with engine.begin() as connection:
        erase(Unit(connection, NOON, personal), 3)
    with engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT owner FROM account_mark WHERE salt <> ''")
        assert left.scalars().all() == ["resident:4"]


async def test_another_secret_signs_nothing(storage: Storage, engine: sa.Engine) -> None:

    await signed(storage)
    await earn(storage, 1)
    with engine.begin() as connection:
        other = PersonalData(load_register(), b"another secret key of sixteen")
        with pytest.raises(NoteError, match="another GONGZHI_SECRET_KEY"):
            SqlLog(Unit(connection, NOON, other)).rotate()
