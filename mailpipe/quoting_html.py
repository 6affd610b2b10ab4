"""The same split for HTML: by the containers mail programs put quotes into."""

from collections.abc import Iterator, Sequence
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailpipe.parsing.html import lines_of
from mailpipe.quoting import Quoted, first_quoted_line, is_attribution, says_something
from mailpipe.quoting_signs import FORWARDED

# Each mail program has its own container: Gmail, Apple, Thunderbird, Yahoo, Proton, Zoho, GMX ...
_CONTAINERS = (
    "div.gmail_quote_container, div.gmail_quote, blockquote.gmail_quote, div.gmail_extra, "
    "div.yahoo_quoted, div.protonmail_quote, blockquote.protonmail_quote, "
    "blockquote.tutanota_quote, div.zmail_extra, div.moz-cite-prefix, blockquote[type=cite], "
    "div[name=quote]"
)
# Behind these Outlook puts all that is quoted, not into them.
_SEPARATORS = (
    "#appendonsend, #divRplyFwdMsg, #x_divRplyFwdMsg, #mail-editor-reference-message-container, "
    "#OLK_SRC_BODY_SECTION, #reply-intro, div[style*='border-top:solid #E1E1E1'], "
    "div[style*='border-top:solid #B5C4DF'], div[style*='border-top: solid #E1E1E1']"
)
_START_LENGTH = 200
_CONTAINERS_TRIED = 12


def split_html(html: str, markers: Sequence[str] = ()) -> Quoted:
    """Visible and quoted HTML; call it on what the sender wrote, since sanitising drops classes."""
    tree = LexborHTMLParser(html)
    start = _first_quote(tree, markers)
    if start is None or tree.body is None:
        return Quoted(html)
    tail = list(_onwards(_with_attribution(start)))
    quoted = "".join(node.html or "" for node in tail)
    for node in tail:
        node.remove()
    if not says_something(tree.body.text()):
        return Quoted(html)
    return Quoted(tree.html or "", quoted)


def _first_quote(tree: LexborHTMLParser, markers: Sequence[str]) -> LexborNode | None:
    """A container that knows better (answered below, forwarded) overrules what its lines say."""
    separator = tree.css_first(_SEPARATORS)
    if separator is not None and not _is_forwarded(separator):
        return separator
    containers = tree.css(_CONTAINERS)[:_CONTAINERS_TRIED]
    if not containers:
        return _by_lines(tree, markers)
    if _is_forwarded(containers[0]):
        return None
    return next((each for each in containers if not _goes_on(each)), None)


def _by_lines(tree: LexborHTMLParser, markers: Sequence[str]) -> LexborNode | None:
    """Mail programs without containers: read the lines, and cut where the first quoted begins."""
    lines = lines_of(tree)
    cut = first_quoted_line([line.replace("\xa0", " ").strip() for line, _node in lines], markers)
    if cut is None:
        return None
    return next((_whole(node) for _line, node in lines[cut:] if node is not None), None)


def _whole(node: LexborNode) -> LexborNode:
    """The largest element that begins with this node, so that no empty shell is left."""
    while node.parent is not None and node.parent.tag != "body" and _is_first(node):
        node = node.parent
    return node


def _is_first(node: LexborNode) -> bool:
    before = node.prev
    while before is not None and not says_something(_text(before)):
        before = before.prev
    return before is None


def _is_forwarded(node: LexborNode) -> bool:
    """A forwarded mail is the news itself."""
    return FORWARDED.match((node.text() or "")[:_START_LENGTH]) is not None


def _goes_on(container: LexborNode) -> bool:
    """True for answers written below or between the quotes."""
    others = (node for node in islice(_onwards(container), 1, None) if not _is_quote(node))
    return any(says_something(node.text() or "") for node in others)


def _is_quote(node: LexborNode) -> bool:
    classes = (node.attributes.get("class") or "") if node.is_element_node else ""
    return node.tag in ("blockquote", "style") or "quote" in classes or "signature" in classes


def _onwards(start: LexborNode) -> Iterator[LexborNode]:
    """The node and everything behind it in the document, as whole subtrees."""
    yield start
    node: LexborNode | None = start
    while node is not None and node.tag != "body":
        sibling = node.next
        while sibling is not None:
            yield sibling
            sibling = sibling.next
        node = node.parent


def _with_attribution(start: LexborNode) -> LexborNode:
    """ "On … wrote:" stands before the quote, with a line break or two between."""
    before = start.prev
    while before is not None and not says_something(_text(before)):
        before = before.prev
    return before if before is not None and is_attribution(_text(before).strip()) else start


def _text(node: LexborNode) -> str:
    return (node.text_content if node.is_text_node else node.text()) or ""
