"""What a resident reads about their points."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from credits.ledger import Overdrawn, resident
from credits.policy import load_policy
from credits.posting import post
from credits.standing import Line, Standing, explain
from tests.credits.making import NOON, ids, posting
from tests.fakes.journal import MemoryJournal

DAY = timedelta(days=1)
CONFIRMED = ("反映问题属实", "您反映的问题经核实属实，并已办结。", "case:12")
LINKED = ("账户合并", "您的两个联系方式已合为一个账户，积分随之转移。", "case:12")


def _journal() -> MemoryJournal:
    """Two reports, the later act decided first; then the account joins that of resident 2."""
    journal, new_id = MemoryJournal(), ids()
    for wish in (
        posting("b", amount=3, acted_at=NOON + DAY),
        posting("a", amount=5, acted_at=NOON),
        posting("c", "resident:1", "resident:2", 8, activity="link_accounts", acted_at=NOON + DAY),
    ):
        post(journal, wish, now=NOON + 2 * DAY, new_id=new_id)
    return journal


def test_newest_first_and_signed() -> None:
    standing = explain(load_policy(), _journal().entries(resident(1)), resident(1))
    assert standing == Standing(
        total=0,
        lines=(
            Line(NOON + DAY, -8, *LINKED),
            Line(NOON + DAY, 3, *CONFIRMED),
            Line(NOON, 5, *CONFIRMED),
        ),
    )


def test_the_other_side_of_a_link() -> None:
    standing = explain(load_policy(), _journal().entries(resident(2)), resident(2))
    assert standing == Standing(8, (Line(NOON + DAY, 8, *LINKED),))


def test_nothing_yet() -> None:
    assert explain(load_policy(), [], resident(1)) == Standing(0, ())


def test_entries_of_others_are_left_out() -> None:
    assert explain(load_policy(), _journal().transfers, resident(3)) == Standing(0, ())


def test_an_activity_the_policy_forgot_is_still_shown() -> None:
    journal = MemoryJournal()
    post(journal, posting(activity="singing"), now=NOON, new_id=ids())
    standing = explain(load_policy(), journal.transfers, resident(1))
    assert standing == Standing(5, (Line(NOON, 5, "singing", "", "case:12"),))


OWNERS = ("treasury", "resident:1", "resident:2")
moves = st.tuples(st.permutations(OWNERS), st.integers(1, 9), st.integers(-3, 3))


@settings(deadline=None)
@given(rows=st.lists(moves, max_size=15))
def test_the_total_is_the_balance_and_the_lines_add_up(
    rows: list[tuple[list[str], int, int]],
) -> None:
    journal, new_id = MemoryJournal(), ids()
    for number, (owners, amount, days) in enumerate(rows):
        wish = posting(str(number), owners[0], owners[1], amount, acted_at=NOON + days * DAY)
        try:
            post(journal, wish, now=NOON + 3 * DAY, new_id=new_id)
        except Overdrawn:
            continue
    standing = explain(load_policy(), journal.transfers, resident(1))
    assert standing.total == journal.balance(resident(1)).posted
    assert standing.total == sum(line.points for line in standing.lines)
    whens = [line.when for line in standing.lines]
    assert whens == sorted(whens, reverse=True)
