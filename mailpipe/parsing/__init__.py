"""Understanding a received mail: pure, tolerant, bounded."""

from mailpipe.parsing.html import html_to_text
from mailpipe.parsing.mail import DEFAULT, Limits, ParsedMail, Part
from mailpipe.parsing.mailboxes import Address
from mailpipe.parsing.reader import parse

__all__ = ["DEFAULT", "Address", "Limits", "ParsedMail", "Part", "html_to_text", "parse"]
