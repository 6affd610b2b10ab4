"""The one sanitiser for every rich text: nh3's parser with an allow list (X-29 to X-33)."""

from __future__ import annotations

import html as entities
import re
from html import escape
from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.markup import TooTangled, straighten, text_of, words

SANITISER_VERSION = 1
MAX_LENGTH = 2_000_000
MAX_DEPTH = 500
LINK_REL = "noopener noreferrer nofollow"

TAGS = words(
    "a abbr address b blockquote br caption cite code col colgroup dd del div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong "
    "sub sup table tbody td tfoot th thead tr tt u ul wbr"
)
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
FRAME_TAGS = TAGS | {"center", "font"}
FRAME_ATTRIBUTES = {
    **ATTRIBUTES,
    "*": {"dir", "lang", "style", "align", "valign", "bgcolor", "width", "height"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing"},
}
# Nothing that positions, loads or covers; the frame's own policy is the second wall.
STYLE_PROPERTIES = words(
    "background-color border border-bottom border-collapse border-color border-left border-radius "
    "border-right border-spacing border-style border-top border-width color direction font-family "
    "font-size font-style font-variant font-weight height letter-spacing line-height "
    "list-style-type margin margin-bottom margin-left margin-right margin-top max-width min-width "
    "padding padding-bottom padding-left padding-right padding-top text-align text-decoration "
    "text-indent text-transform vertical-align white-space width word-break"
)
DROPPED_WITH_CONTENT = words(
    "applet audio canvas embed frameset head iframe math noembed noframes noscript object script "
    "select style svg template textarea title video xmp"
)
LINK_SCHEMES = frozenset(["http", "https", "mailto", "tel"])
URL_SCHEMES = {*LINK_SCHEMES, "cid"}
OWN_IMAGES = ("cid:", "/attachments/")

# The serialiser of nh3 writes attributes in double quotes and escapes those inside, so that
# these expressions see each tag whole.
_IMAGE_OR_LINK = re.compile(r'<(/?)(img|a)((?:\s+[a-z-]+="[^"]*")*)\s*>')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')


def sanitise(html: str) -> str:
    """Safe HTML for a page: no style, class or id, and nothing that loads from elsewhere.

    Fails closed: what is too long or too tangled to judge comes back as escaped text.
    """
    return _cleaned(html, tags=TAGS, attributes=ATTRIBUTES, style=None)


def sanitise_frame(html: str) -> str:
    """Safe HTML for the sandboxed frame, where colours and sizes of the sender may stay."""
    return _cleaned(html, tags=FRAME_TAGS, attributes=FRAME_ATTRIBUTES, style=STYLE_PROPERTIES)


def strip_tags(html: str) -> str:
    """The text of `html` without markup, in linear time."""
    return text_of(html, dropped=DROPPED_WITH_CONTENT)


def linkify(text: str) -> SafeString:
    """Plain text as HTML: paragraphs, line breaks and links, in linear time."""
    blocks = [block.strip("\n") for block in _PARAGRAPH.split(text.replace("\r\n", "\n"))]
    shown = (_linked(block).replace("\n", "<br>\n") for block in blocks if block.strip())
    return mark_safe("\n".join(f"<p>{block}</p>" for block in shown))  # noqa: S308 - _linked escapes every piece


_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
# Bounded and anchored by lookbehind, so that no input is scanned twice.
_LINK = re.compile(
    r"(?<![\w@])(?:(?P<url>https?://[^\s<>\"']{1,2000})|(?P<www>www\.[^\s<>\"'@]{1,2000})"
    r"|(?P<mail>(?<![.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}))",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?*_'\"»”’"


def _linked(text: str) -> str:
    pieces: list[str] = []
    position = 0
    for match in _LINK.finditer(text):
        target = _without_trailing(match.group())
        if "." not in target and ":" not in target:
            continue
        pieces.append(escape(text[position : match.start()]))
        pieces.append(_anchor(target, is_mail=match["mail"] is not None))
        position = match.start() + len(target)
    pieces.append(escape(text[position:]))
    return "".join(pieces)


def _without_trailing(target: str) -> str:
    target = target.rstrip(_TRAILING)
    for opening, closing in ("()", "[]", "{}"):
        while target.endswith(closing) and target.count(closing) > target.count(opening):
            target = target[:-1].rstrip(_TRAILING)
    return target


def _anchor(target: str, *, is_mail: bool) -> str:
    href = target
    if is_mail:
        href = f"mailto:{target}"
    elif target[:4].lower() == "www.":
        href = f"https://{target}"
    return f'<a href="{escape(href)}" rel="{LINK_REL}">{escape(target)}</a>'


def _cleaned(
    html: str,
    *,
    tags: frozenset[str],
    attributes: dict[str, set[str]],
    style: frozenset[str] | None,
) -> str:
    if len(html) > MAX_LENGTH:
        return _as_text(html)
    try:
        straight = straighten(
            html,
            tags=tags,
            attributes=attributes,
            dropped=DROPPED_WITH_CONTENT,
            max_depth=MAX_DEPTH,
        )
    except TooTangled:
        return _as_text(html)
    cleaned = nh3.clean(
        straight,
        tags=set(tags),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=attributes,
        url_schemes=URL_SCHEMES,
        link_rel=LINK_REL,
        strip_comments=True,
        filter_style_properties=set(style) if style is not None else None,
    )
    return _judged(cleaned)


def _as_text(html: str) -> str:
    text = strip_tags(html[: MAX_LENGTH * 2])[:MAX_LENGTH]
    return str(escape(text).replace("\n", "<br>\n"))


def _judged(html: str) -> str:
    """Links lead to the outside or nowhere; remote images become links, so that opening a page
    tells no sender about it."""
    pieces: list[str] = []
    position, links = 0, 0
    for match in _IMAGE_OR_LINK.finditer(html):
        closing, name, written = match.groups()
        if name == "a":
            links = max(0, links - 1) if closing else links + 1
            shown = match.group() if closing else _link(match.group(), written)
        else:
            shown = _image(match.group(), dict(_ATTRIBUTE.findall(written)), is_linked=links > 0)
        pieces += [html[position : match.start()], shown]
        position = match.end()
    return "".join([*pieces, html[position:]])


def _link(tag: str, written: str) -> str:
    """The tag; without its address when that is relative, and so would pose as one of ours."""
    attributes = dict(_ATTRIBUTE.findall(written))
    if _scheme(attributes.pop("href", "")) in LINK_SCHEMES:
        return tag
    return "<a" + "".join(f' {name}="{value}"' for name, value in attributes.items()) + ">"


def _image(tag: str, attributes: dict[str, str], *, is_linked: bool) -> str:
    source, alt = attributes.get("src", ""), attributes.get("alt", "")
    if source.startswith(OWN_IMAGES):
        return tag
    if _scheme(source) not in {"http", "https"} or is_linked:
        return escape(entities.unescape(alt), quote=False)
    words = entities.unescape(alt).strip()
    text = escape(_("Show image") + (f": {words}" if words else ""), quote=False)
    return f'<a href="{source}" rel="{LINK_REL}">{text}</a>'


def _scheme(address: str) -> str:
    """The scheme of an address as written in HTML; empty when it has none or is broken."""
    try:
        return urlsplit(entities.unescape(address).strip()).scheme.lower()
    except ValueError:
        return ""
