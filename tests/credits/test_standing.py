"""What a resident reads about their points."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from credits.ledger import Balance, Overdrawn, resident
from credits.posting import post
from credits.rulebook import load_policy
from credits.standing import Line, Standing, explain, sentences, stand
from tests.credits.making import NOON, Book, ids, live, posting
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


def _lived() -> MemoryJournal:
    journal = MemoryJournal()
    live(Book(journal))
    return journal


def test_all_numbers_of_a_person() -> None:
    position = stand(load_policy(), 1, _lived().entries, NOON + DAY, UTC)
    assert (position.points.total, position.balance) == (9, Balance(9, 9, 7))
    assert (position.level.level.code, position.level.earned) == ("helper", 40)
    assert (position.credit.percent, position.vote) == (71, 103)
    assert position.endings == ()


def test_every_entry_has_its_line() -> None:
    lines = stand(load_policy(), 1, _lived().entries, NOON + DAY, UTC).points.lines
    told = [(line.kind.value, line.points, line.held, line.rest) for line in reversed(lines)]
    assert told == [
        ("transfer", 40, 0, 0),
        ("transfer", 5, 0, 0),
        ("hold", 0, 9, 0),
        ("hold", 0, 9, 0),
        ("void", 0, -9, 0),
        ("transfer", -33, 0, 0),
        ("reversal", -3, 0, 2),
        ("hold", 0, 7, 0),
    ]


def _told(journal: MemoryJournal, now: datetime) -> list[tuple[str, dict[str, object]]]:
    policy = load_policy()
    position = stand(policy, 1, journal.entries, now, UTC)
    return [(one.key, dict(one.values)) for one in sentences(policy, position, now, UTC)]


def test_every_number_is_said_with_what_it_follows_from() -> None:
    told = _told(_lived(), NOON + DAY)
    assert [key for key, _ in told] == [
        "points.total",
        "points.held",
        "points.coming",
        "points.level",
        "points.next",
        "points.credit",
        *[f"points.{kind}" for kind in ("hold", "reversal", "transfer", "void", "hold", "hold")],
        "points.transfer",
        "points.transfer",
        "points.confirmed",
        "points.rejected",
        "points.vote",
    ]
    said = dict(told)
    assert said["points.total"] == {"total": 9}
    assert (said["points.held"], said["points.coming"]) == ({"points": 9}, {"points": 7})
    assert said["points.level"]["earned"] == 40
    assert said["points.next"]["missing"] == 80
    assert said["points.credit"]["percent"] == 71
    assert said["points.confirmed"]["counts"] == "1.00"
    assert said["points.reversal"]["points"] == "-3"
    assert said["points.void"]["held"] == 9
    assert said["points.vote"] == {"weight": 103, "base": 100, "most": 120}


def test_what_ends_soon_is_said_and_what_is_kept() -> None:
    journal = MemoryJournal()
    Book(journal).take([("move", "a", "treasury", 1, 40)])
    december = dict(_told(journal, datetime(2027, 6, 10, tzinfo=UTC)))
    assert december["points.ending"] == {
        "points": 40,
        "day": datetime(2027, 6, 30, 12, tzinfo=UTC),
    }
    assert december["points.kept"] == {"day": NOON + timedelta(days=210)}
    assert december["points.level"]["earned"] == 0
    assert "points.ending" not in dict(_told(journal, datetime(2027, 5, 1, tzinfo=UTC)))
