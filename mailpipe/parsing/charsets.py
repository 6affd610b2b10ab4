"""Bytes of any charset to clean text: declared, UTF-8, a guess, cp1252 (mail.md 16-18)."""

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

# What mailers declare and what they mean: the wider set that contains the declared one.
_ALIASES = {
    "": (),
    "us-ascii": ("cp1252",),
    "ascii": ("cp1252",),
    "ansi_x3.4-1968": ("cp1252",),
    "iso-8859-1": ("cp1252",),
    "iso8859-1": ("cp1252",),
    "latin1": ("cp1252",),
    "iso-8859-9": ("cp1254",),
    "iso-8859-11": ("cp874",),
    "tis-620": ("cp874",),
    "windows-874": ("cp874",),
    "iso-8859-8-i": ("iso8859-8", "cp1255"),
    "iso-8859-8-e": ("iso8859-8", "cp1255"),
    "iso-8859-8": ("iso8859-8", "cp1255"),
    "iso-8859-6-i": ("iso8859-6", "cp1256"),
    "iso-8859-6": ("iso8859-6", "cp1256"),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "cp936": ("gb18030",),
    "x-gbk": ("gb18030",),
    "gb_2312-80": ("gb18030",),
    "gb-2312": ("gb18030",),
    "chinesebig5": ("cp950", "big5hkscs"),
    "big5": ("cp950", "big5hkscs"),
    "x-x-big5": ("cp950", "big5hkscs"),
    "ks_c_5601-1987": ("cp949", "johab"),
    "ks_c_5601": ("cp949", "johab"),
    "ksc5601": ("cp949", "johab"),
    "euc-kr": ("cp949", "johab"),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "shift-jis": ("cp932", "shift_jis_2004"),
    "sjis": ("cp932", "shift_jis_2004"),
    "x-sjis": ("cp932", "shift_jis_2004"),
    "windows-31j": ("cp932", "shift_jis_2004"),
    "x-mac-japanese": ("cp932",),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "x-euc-jp": ("euc_jp", "euc_jis_2004"),
    "x-mac-roman": ("mac_roman",),
    "macintosh": ("mac_roman",),
    "x-macintosh": ("mac_roman",),
    "x-mac-ce": ("mac_latin2",),
    "x-mac-cyrillic": ("mac_cyrillic",),
    "x-mac-greek": ("mac_greek",),
    "x-mac-turkish": ("mac_turkish",),
    "unicode-1-1-utf-7": ("utf-7",),
    "utf8mb4": ("utf-8",),
    "x-utf-8": ("utf-8",),
    "cp-850": ("cp850",),
}
# Single-byte Western sets never fail, so bytes that are valid UTF-8 expose a lying declaration.
_NEVER_FAIL = {"cp1252", "latin-1", "cp1254", "iso8859-1", "iso8859-15", "cp437", "cp850"}
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
_GUESSABLE = [
    "cp1252", "cp1251", "koi8_r", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp874", "gb18030", "cp950", "cp932", "euc_jp", "cp949", "cp866",
]  # fmt: skip
_GUESS_FROM_BYTES = 12
_GUESS_SAMPLE = 16 * 1024
_TOLERATED_LOSS = 0.02
_EIGHT_BIT = re.compile(rb"[\x80-\xff]")
_TWO_BYTE_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
# What Western Europeans write with: a guess of a neighbouring set is refused for these alone.
_WESTERN = re.compile("[\x00-\x7f\xa0àâäáåæçéèêëíîïñóôöœßúùûüÀÂÄÅÆÇÉÈÊÑÖØÜ«»‘’“”„…–—•€£°§·¿¡®©™]*")
_SURROGATES = re.compile("[\ud800-\udfff]")
_JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([DOPQ]|\([BJIH]|[&].)")
_JIS_ROW, _ROW_BEHIND_GAP, _CELL_BEHIND_GAP = 0x21, 62, 63


def decode(octets: bytes, declared: str | None = None) -> str:
    """Text of the octets, never an exception, never a silently dropped letter."""
    if not _EIGHT_BIT.search(octets) and not _is_seven_bit_code(octets, declared):
        return octets.decode("ascii")
    for attempt in (_by_declaration, _as_utf8, _with_small_losses, _by_guess):
        text = attempt(octets, declared)
        if text is not None:
            return text
    return octets.decode("cp1252", "replace")


def guess(octets: bytes) -> str | None:
    """The codec undeclared octets seem to be in, None for ASCII, UTF-8 and too little to tell."""
    if len(_EIGHT_BIT.findall(octets[:_GUESS_SAMPLE])) < _GUESS_FROM_BYTES or _is_utf8(octets):
        return None
    if _WESTERN.fullmatch(octets[:_GUESS_SAMPLE].decode("cp1252", "replace")):
        return "cp1252"
    best = from_bytes(octets[:_GUESS_SAMPLE], cp_isolation=_GUESSABLE).best()
    return best.encoding if best else None


def extends_ascii(declared: str) -> bool:
    """True for charsets in which eight-bit letters may stand in a header among ASCII."""
    names = codecs_for(declared)
    return bool(names) and not names[0].startswith(("utf-7", "utf-16", "utf-32", "hz", "iso2022"))


def clean(text: str) -> str:
    """NFC without NUL, controls and lone surrogates: what PostgreSQL and people can read (X-12)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    text = _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def codecs_for(declared: str | None) -> tuple[str, ...]:
    """The Python codecs to try for a declared charset, none when nobody knows it."""
    name = (declared or "").strip().strip("\"';,").lower().replace(" ", "")
    name = name.partition("$")[0].lstrip("_")
    if name in _ALIASES:
        return _ALIASES[name]
    return tuple(dict.fromkeys(codec for each in _spellings(name) if (codec := _codec(each))))


def _spellings(name: str) -> list[str]:
    name = re.sub(r"^(x-|cs)", "", name)
    return [name, re.sub(r"^(windows|win|cp|ms)[-_]?(?=\d)", "cp", name)]


def _codec(name: str) -> str | None:
    """Python's own name; `base64` is a codec of another kind, `idna` takes quadratic time."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return found.name if found._is_text_encoding and found.name not in _NO_CHARSETS else None


def _is_seven_bit_code(octets: bytes, declared: str | None) -> bool:
    return b"\x1b" in octets or any(
        name.startswith(("utf-7", "utf-16", "utf-32", "hz")) for name in codecs_for(declared)
    )


def _by_declaration(octets: bytes, declared: str | None) -> str | None:
    if _looks_like_jis(octets, declared):
        return _iso_2022_jp(octets)
    for name in codecs_for(declared):
        if name in _NEVER_FAIL and _is_utf8(octets):
            return None
        text = _strict(octets, name)
        if text is not None:
            return text
    return None


def _as_utf8(octets: bytes, declared: str | None) -> str | None:
    return _strict(octets, "utf-8")


def _with_small_losses(octets: bytes, declared: str | None) -> str | None:
    """A letter cut in half at the end, or one damaged byte, is no reason to distrust the rest."""
    for name in (*codecs_for(declared)[:1], "utf-8"):
        if name in _NEVER_FAIL or (name == "utf-8" and not _TWO_BYTE_UTF8.search(octets)):
            continue
        text = octets.decode(name, "replace")
        if text.count("\ufffd") <= max(1, len(text) * _TOLERATED_LOSS):
            return text
    return None


def _by_guess(octets: bytes, declared: str | None) -> str | None:
    name = guess(octets)
    return octets.decode(name, "replace") if name else None


def _strict(octets: bytes, name: str) -> str | None:
    try:
        return octets.decode(name)
    except (UnicodeError, ValueError, OverflowError):
        return _with_c1(octets) if name == "cp1252" else None


def _with_c1(octets: bytes) -> str | None:
    """Five bytes are undefined in cp1252; a text with few of them is still Western."""
    text = octets.decode("cp1252", "replace")
    return text if text.count("\ufffd") <= max(1, len(text) * _TOLERATED_LOSS) else None


def _is_utf8(octets: bytes) -> bool:
    return bool(_EIGHT_BIT.search(octets)) and _strict(octets, "utf-8") is not None


def _looks_like_jis(octets: bytes, declared: str | None) -> bool:
    return b"\x1b" in octets and (
        "2022-jp" in (declared or "").lower() or b"\x1b$B" in octets or b"\x1b$@" in octets
    )


def _iso_2022_jp(octets: bytes) -> str:
    """ISO-2022-JP as it is sent: NEC and half-width characters (CP50221, KDDI) need Shift JIS."""
    for name in ("iso2022_jp_ext", "iso2022_jp_2004"):
        text = _strict(octets, name)
        if text is not None:
            return text
    pieces = _JIS_ESCAPE.split(octets)
    text = _jis_segment(b"(B", pieces[0])
    for escape, segment in zip(pieces[1::2], pieces[2::2], strict=True):
        text += _jis_segment(escape, segment)
    return text


def _jis_segment(escape: bytes, segment: bytes) -> str:
    if escape in (b"$B", b"$@"):
        return b"".join(map(_jis_pair, _pairs(segment))).decode("cp932", "replace")
    if escape == b"(I":
        return bytes(octet | 0x80 for octet in segment).decode("cp932", "replace")
    return segment.decode("cp932", "replace")


def _pairs(segment: bytes) -> list[bytes]:
    """Line breaks stand between the pairs of mailers that forget to switch back to ASCII."""
    return re.findall(rb"[\x21-\x7e]{2}|[\x80-\xff]{2}|.", segment, re.DOTALL)


def _jis_pair(pair: bytes) -> bytes:
    """JIS X 0208 row and cell to Shift JIS, by the arithmetic both standards share."""
    if len(pair) == 1 or pair[0] & 0x80:
        return pair
    row, cell = pair[0] - _JIS_ROW, pair[1] - _JIS_ROW
    lead = 0x81 + row // 2 + (0x40 if row >= _ROW_BEHIND_GAP else 0)
    trail = cell + 0x9F if row % 2 else cell + 0x40 + (1 if cell >= _CELL_BEHIND_GAP else 0)
    return bytes([min(lead, 0xFC), trail])
