"""The cipher and the signature, against another implementation of both."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.wechat.secrecy import NotWeChatError, Secrecy, key_of
from channels.wechat.updates import fields_of
from tests.fakes.wechat import AES_KEY, APP_ID, NOON, TOKEN, enciphered_xml

OURS = Secrecy(app_id=APP_ID, token=TOKEN, aes_key=AES_KEY)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_what_another_implementation_enciphered_is_read_and_its_signature_holds(text: str) -> None:
    body, query = enciphered_xml(text)
    secret = fields_of(body)["Encrypt"]
    OURS.check(query["msg_signature"], str(NOON), query["nonce"], secret)
    assert OURS.open(secret) == text.encode()


OTHERS = [
    ("another account", {"app_id": "wx00000000000000ff"}),
    ("another key", {"aes_key": "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"}),
]


@pytest.mark.parametrize(("label", "other"), OTHERS)
def test_what_is_for_others_is_not_read(label: str, other: dict[str, str]) -> None:
    body, _ = enciphered_xml("<xml/>", **other)
    secret = fields_of(body)["Encrypt"]
    with pytest.raises(NotWeChatError):
        OURS.open(secret)
    assert label


@given(st.binary(max_size=80).map(lambda raw: base64.b64encode(raw).decode()))
def test_whatever_is_deciphered_is_refused_in_words(secret: str) -> None:
    with pytest.raises(NotWeChatError):
        OURS.open(secret)


@pytest.mark.parametrize("secret", ["", "=", "no base64 at all", "好", "YQ==", "A" * 44])
def test_what_is_no_cipher_text_is_refused_in_words(secret: str) -> None:
    with pytest.raises(NotWeChatError):
        OURS.open(secret)


@pytest.mark.parametrize("signature", ["", "0" * 40, "好", "\udcff"])
def test_another_signature_is_refused(signature: str) -> None:
    with pytest.raises(NotWeChatError):
        OURS.check(signature, str(NOON), "a-nonce", "secret")


def test_a_token_of_another_service_signs_nothing_here() -> None:
    body, query = enciphered_xml("<xml/>", token="another")  # noqa: S106
    secret = fields_of(body)["Encrypt"]
    with pytest.raises(NotWeChatError):
        OURS.check(query["msg_signature"], str(NOON), query["nonce"], secret)


@pytest.mark.parametrize("letters", ["", "abc", "A" * 42, "A" * 44, "!" * 43, "好" * 43])
def test_a_key_is_43_letters(letters: str) -> None:
    with pytest.raises(ValueError, match="43"):
        key_of(letters)
