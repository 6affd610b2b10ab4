"""Bytes to text: what was declared, what was meant, what PostgreSQL can keep (mail.md 16-18)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpipe.parsing.charsets import clean, codecs_for, decode, guess

JAPANESE = "日本語のメール"


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("gb2312", "gb18030"), ("GBK", "gb18030"), ("ks_c_5601-1987", "cp949"),
        ("euc-kr", "cp949"), ("iso-8859-1", "cp1252"), ("us-ascii", "cp1252"),
        ("shift_jis", "cp932"), ("windows-874", "cp874"), ("x-mac-cyrillic", "mac_cyrillic"),
        ("big5", "cp950"), ("windows-1251", "cp1251"), ("win-1251", "cp1251"),
        ('"utf-8"', "utf-8"), ("utf-8;", "utf-8"), ("koi8-u", "koi8-u"), ("macintosh", "mac_roman"),
    ],
)  # fmt: skip
def test_declared_charset_means_its_widest_form(declared: str, codec: str) -> None:
    assert codecs_for(declared)[0] == codec


@pytest.mark.parametrize(
    "declared", ["", None, "x-unknown", "base64", "rot13", "idna", "punycode", "unicode_escape",
                 "a" * 5000, "\x00", "../etc"]
)  # fmt: skip
def test_no_charset_is_not_taken_for_one(declared: str | None) -> None:
    assert codecs_for(declared) == ()


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("朱镕基", "gb18030", "gb2312"),
        ("똠방각하", "cp949", "euc-kr"),
        ("①㈱髙", "cp932", "shift_jis"),
        ("“quoted” – 5 €", "cp1252", "iso-8859-1"),
        ("Ğüzel İş", "cp1254", "iso-8859-9"),
        ("Привет", "koi8_r", "koi8-r"),
        ("Grüße", "mac_roman", "macintosh"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (JAPANESE, "utf-16", "utf-16"),
        ("你好", "hz", "hz-gb-2312"),
        ("Grüße", "utf-7", "utf-7"),
    ],
)
def test_text_in_its_declared_charset(text: str, codec: str, declared: str) -> None:
    assert decode(text.encode(codec), declared) == text


def test_nec_characters_in_iso_2022_jp_are_read() -> None:
    assert decode(b"\x1b$B-!-j\x1b(B x", "iso-2022-jp") == "①㈱ x"


def test_half_width_katakana_in_iso_2022_jp_are_read() -> None:
    assert decode(b"\x1b(I1\x1b(B", "iso-2022-jp") == "ｱ"


def test_iso_2022_jp_without_declaration_is_recognised() -> None:
    assert decode(JAPANESE.encode("iso2022_jp")) == JAPANESE


@pytest.mark.parametrize("declared", [None, "us-ascii", "iso-8859-1", "windows-1252", "x-unknown"])
def test_utf8_is_recognised_under_a_lying_declaration(declared: str | None) -> None:
    assert decode("Größe – 日本".encode(), declared) == "Größe – 日本"


def test_letter_cut_at_the_end_does_not_spoil_the_text() -> None:
    assert decode("Grüße aus Köln, schön".encode()[:-1] + b"\xc3", "utf-8").startswith("Grüße aus")


def test_few_western_letters_become_cp1252() -> None:
    assert decode(b"caf\xe9") == "café"
    assert decode(b"Gr\xfc\xdfe aus K\xf6ln", "utf-8") == "Grüße aus Köln"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Здравствуйте! Подскажите, когда будет доставлен мой заказ? Спасибо", "cp1251"),
        ("Здравствуйте! Подскажите, когда будет доставлен мой заказ? Спасибо", "koi8_r"),
        ("お世話になっております。ログインできません。よろしくお願いします。", "cp932"),
        ("안녕하세요 로그인이 되지 않습니다 도와주세요 감사합니다", "cp949"),
        (
            "Bonjour, je n'arrive pas à me connecter, c'est très pressé, élève préféré à côté, très gênée",
            "cp1252",
        ),
        ("Καλημέρα, δεν μπορώ να συνδεθώ στον λογαριασμό μου. Ευχαριστώ", "cp1253"),
    ],
)
def test_undeclared_text_is_guessed(text: str, codec: str) -> None:
    assert guess(text.encode(codec)) == codec
    assert decode(text.encode(codec)) == text


def test_controls_go_and_layout_stays() -> None:
    assert clean("a\x00b\x07\x1b\tc\r\nd\re\x85f\ufeff") == "ab\tc\nd\ne\nf"


def test_lone_surrogates_are_replaced() -> None:
    assert clean("a\ud800b") == "a\ufffdb"


def test_text_is_composed() -> None:
    assert clean("u\u0308") == "ü"


@given(st.binary(max_size=400), st.text(max_size=20))
def test_any_bytes_under_any_declaration_become_text(octets: bytes, declared: str) -> None:
    clean(decode(octets, declared)).encode("utf-8")


@given(st.text(st.characters(codec="gb18030"), max_size=50))
def test_declared_gb18030_is_read_whole(text: str) -> None:
    assert decode(text.encode("gb18030"), "gb18030") in (text, decode(text.encode("gb18030")))
