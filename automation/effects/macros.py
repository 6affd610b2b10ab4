"""What only macros say: that their text may be sent at once instead of waiting in the composer."""

from __future__ import annotations

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from automation.effects.registry import Done, EffectSpec, register
from automation.models import EffectRun, RuleKind

SEND = "send_text"

register(
    EffectSpec(
        key=SEND,
        label=_("Send the text at once"),
        group=_("Words"),
        tell=lambda _args: _t("send the text at once"),
        # The text has left by then: see `automation.macros`.
        act=lambda _case, _args: Done(EffectRun.State.DONE),
        kinds=frozenset([RuleKind.MACRO.value]),
    )
)
