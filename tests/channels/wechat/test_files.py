"""Photos and recordings, fetched by the name that came with the message."""

import pytest

from channels.base import FetchError
from channels.wechat.api import has_films
from tests.channels.wechat.conftest import Account


async def test_a_photo_is_fetched(account: Account) -> None:
    account.server.media["m1"] = "image/jpeg", b"\xff\xd8 a photo"
    assert await account.channel.fetch("m1", most=100) == b"\xff\xd8 a photo"


async def test_a_film_is_fetched_from_where_wechat_has_put_it(account: Account) -> None:
    account.server.media["m1"] = "video", b"a film"
    assert await account.channel.fetch("m1", most=100) == b"a film"


ELSEWHERE = ["http://169.254.0.1/film", "http://example.org/film", "http://x:99999/", "film", ""]


@pytest.mark.parametrize("place", ELSEWHERE)
async def test_a_film_elsewhere_is_not_fetched(account: Account, place: str) -> None:
    account.server.media["m1"] = "application/json", f'{{"video_url": "{place}"}}'.encode()
    with pytest.raises(FetchError, match="gone"):
        await account.channel.fetch("m1", most=100)


PLACES = [
    ("one of its names", "vweixinp.tc.qq.com", True),
    ("a number, as it often gives", "203.205.137.89", True),
    ("a name that only ends like it", "notqq.com", False),
    ("this machine", "127.0.0.1", False),
    ("this house", "192.168.1.1", False),
    ("this house in new numbers", "::ffff:10.0.0.1", False),
]


@pytest.mark.parametrize(("label", "host", "trusted"), PLACES)
def test_films_are_fetched_from_wechat(label: str, host: str, *, trusted: bool) -> None:
    assert has_films(host) is trusted, label


async def test_what_wechat_no_longer_has_is_gone(account: Account) -> None:
    with pytest.raises(FetchError, match="gone") as failed:
        await account.channel.fetch("m1", most=100)
    assert not failed.value.retryable


async def test_what_is_too_big_is_not_read_to_its_end(account: Account) -> None:
    account.server.media["m1"] = "image/jpeg", bytes(101)
    with pytest.raises(FetchError, match="too_big"):
        await account.channel.fetch("m1", most=100)


async def test_a_token_that_ended_is_asked_for_anew(account: Account) -> None:
    account.server.media["m1"] = "image/jpeg", b"photo"
    await account.channel.fetch("m1", most=100)
    account.server.end_token()
    assert await account.channel.fetch("m1", most=100) == b"photo"
