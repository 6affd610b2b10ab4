"""The words by which mail servers without a standard report tell of a failure (mail.md 43)."""

import re
from collections.abc import Sequence

_LOCAL_LIMIT = 100
_MACHINE_WITHIN = 1500


def any_of(phrases: Sequence[str], *, prefix: str = "", suffix: str = "") -> re.Pattern[str]:
    """One pattern of phrases that stand in our own modules."""
    return re.compile(f"{prefix}(?:{'|'.join(phrases)}){suffix}", re.IGNORECASE | re.MULTILINE)


_DAEMON = any_of(
    [
        r"mailer[-_.]?daemon", r"mail[-_.]?daemon", r"post[-_]?master", r"bounces?",
        r"postoffice", r"maildeliverysystem",
        r"mail[-_.]?delivery(?:[-_.]?sub[-_.]?system)?", r"delivery[-_.]?notification", r"mdaemon",
        r"daemon", r"microsoftexchange[0-9a-f]{10,}", r"mailadmin",
        r"mail[-_.]?system", r"system[-_.]?administrator", r"\"?systemadministrator\"?",
        r"e500_smtp_mail_service", r"symantec_antivirus_for_smtp_gateways",
    ],
    prefix=r"(?:.*[-_.+])?",
    suffix=r"\d*(?:[-_.+=].*)?$",
)  # fmt: skip
_DAEMON_NAME = any_of(
    [
        r"mail(?:er)?[\s\-_]*(?:delivery|daemon|system|administrator)", r"system administrator",
        r"postmaster", r"delivery (?:sub)?system", r"internet mail (?:delivery|service)",
        r"メール配信",
    ]
)  # fmt: skip
_SUBJECT = any_of(
    [
        r"undeliver(?:able|ed)", r"undelivrable", r"delivery status notification",
        r"delivery (?:has )?(?:fail|problem|notification|report|error|unsuccessful|warning)",
        r"returned (?:mail|to sender|message|e-?mail)",
        r"fail(?:ure|ed) (?:notice|delivery|mail|report)", r"delivery reports? about your",
        r"(?:mail|message|delivery) (?:failure|failed|was not delivered|not delivered|error)",
        r"(?:mail|message|delivery) could not",
        r"non[- ]?(?:remis|recapitabile|entregue|entregado)",
        r"could not (?:send|deliver|be delivered)", r"can(?:not|'t) (?:be )?deliver",
        r"unable to deliver", r"warning: (?:could not send|message)", r"\bbounced?\b",
        r"delayed mail", r"mail system error", r"user unknown", r"unknown user",
        r"address not found", r"unzustellbar", r"nicht (?:zugestellt|zustellbar)", r"zurückgesandt",
        r"zustellung fehlgeschlagen", r"échec de (?:la )?(?:remise|livraison|distribution)",
        r"non distribu", r"no se (?:ha )?pud?o entregar", r"no se puede entregar", r"devuelto",
        r"mancata (?:consegna|recapito)", r"recapito (?:fallito|non)", r"não (?:foi )?entreg",
        r"falha (?:na|de) entrega", r"devolvid", r"onbestelbaar", r"niet (?:af)?geleverd",
        r"olevererbar", r"kunde inte levereras", r"kan ikke leveres", r"ei voitu toimittaa",
        r"niedostarczon", r"не доставлен", r"недоставлен", r"не удалось доставить",
        r"teslim edilemedi", r"nedoručiteln", r"kézbesíthetetlen", r"配信不能", r"配信できま",
        r"送信できま",
        r"エラーメール", r"退信", r"无法投递", r"投递失败", r"無法傳遞", r"배달 실패",
        r"전송 실패", r"processing error", r"mail error", r"error during delivery",
        r"mail delivery (?:warning|status|system)", r"non-delivery",
    ]
)  # fmt: skip
_PHRASES = any_of(
    [
        r"could ?n[o']t be delivered", r"cannot be delivered",
        r"(?:was|were|is|has been|be) (?:not delivered|undeliverable)",
        r"(?:unable|failed|not able) to deliver", r"(?:delivery|message|mail) (?:has )?failed",
        r"delivery fail", r"permanent(?:ly)? (?:fatal )?(?:error|fail)", r"fatal errors?",
        r"(?:did not|not) reach(?:ed)? (?:the|some)", r"undeliverable", r"user (?:is )?unknown",
        r"unknown user", r"no such (?:user|recipient|mailbox|address|person)", r"delivery to",
        r"mailbox (?:is )?(?:full|unavailable|not found|unknown|disabled|does not exist|exceed)",
        r"(?:user|recipient|address|account|mailbox|domain)[\w' ]{0,40} (?:does ?n[o']t exist"
        r"|not found|unknown|rejected|disabled|inactive|unavailable)", r"over quota",
        r"quota exceeded", r"(?:host|domain|name) (?:unknown|not found|lookup)", r"could not send",
        r"returned mail", r"return(?:ed|ing) to", r"has been returned", r"gave? up", r"giving up",
        r"i'm afraid i wasn't able", r"retry time(?:out)? exceeded", r"mail box space",
        r"connection (?:refused|timed)", r"rejected your message", r"could not deliver",
        r"(?:recipient|relay\w*|access|message) (?:denied|rejected|refused)", r"been postponed",
        r"problems? deliver", r"errors? (?:while|during|in) (?:deliver|process)", r"smtp error",
        r"said: [45]\d\d", r"(?<![\d.])[45]\.\d\.\d{1,3}(?![\d.])", r"(?<!\d)5\d\d[ \-][#5<A-Za-z]",
        r"konnte[\w ,]{0,60} nicht (?:zugestellt|zugesendet|ausgeliefert)", r"nicht zugestellt",
        r"n'a (?:pas )?pu [eê]tre", r"impossible de (?:remettre|distribuer)",
        r"no (?:se )?pudo (?:ser )?entreg",
        r"non (?:è stato|può essere)[\w ]{0,30}(?:consegn|recap)",
        r"não (?:pôde|pode|foi)[\w ]{0,20}entreg", r"kon niet worden", r"boîte pleine",
        r"не (?:может|было|удалось)[\w ]{0,30}достав", r"配信(?:でき|されま)", r"送信できま",
        r"見つかりません", r"はエラー", r"无法(?:投递|送达|到达)", r"不存在", r"被退回", r"退信",
        r"보낼 수 없", r"전송되지",
    ]
)  # fmt: skip
# What only programs write; with a failing subject it makes a report whoever sent it.
_MACHINE = any_of(
    [
        r"following (?:recipient|address|user|destination)", r"failed recipient",
        r"automatically generated (?:delivery|non-?delivery|message|e?mail)", r"advisory-only",
        r"(?:a )?message that you sent",
        r"your (?:mail|message) (?:cannot|could ?n[o']t|was not) be",
        r"votre message n'a pas pu", r"non-?delivery report", r"remote host said",
        r"smtp error code", r"this (?:message|mail) was (?:created|generated) automatically",
        r"ihre (?:nachricht|e-mail) konnte", r"su mensaje no (?:se )?pudo", r"intended recipient:",
        r"this is the mail (?:system|delivery)", r"the following mail has been returned",
        r"transcript of session", r"reporting-mta:", r"final-recipient:", r"diagnostic-code:",
    ]
)  # fmt: skip
DELAYED = any_of(
    [
        r"delayed", r"\bdelay\b", r"warning: (?:could not send|message)", r"not yet been delivered",
        r"still (?:being )?(?:retried|trying|in queue)", r"temporary (?:problem|failure|non-deliv)",
        r"will (?:keep|continue) (?:on )?(?:trying|to (?:try|be retried))", r"verzögert",
        r"do not need to resend", r"been postponed", r"отложен",
    ]
)  # fmt: skip
REFUSED = any_of(
    [
        r"could ?n[o']t be delivered", r"unable to deliver", r"did not reach", r"fatal errors",
        r"permanent(?:ly)? (?:fatal )?(?:error|fail)", r"wasn't delivered", r"recipients?\s?:",
        r"following (?:address|recipient|user|mailbox|destination)", r"to the following",
        r"failed (?:address|recipient)", r"konnte nicht", r"n'a pas pu", r"no se ha podido",
        r"unknown user", r"user unknown", r"delivery to", r"message for", r"undeliverable",
    ]
)  # fmt: skip
RETURNED_MAIL = any_of(
    [
        r"[-_=*. ]{2,}[^\n]{0,80}(?:copy of|original|unsent|returned|rejected|undelivered|forwarded"
        r"|below|ursprüngliche)[^\n]{0,80}",
        r"(?:this is a copy|below this line is|original message|unsent message below|--- below"
        r"|the (?:original )?message (?:headers )?follow)[^\n]{0,120}",
        r"(?:return-path|received): [^\n]{0,200}(?:\n[ \t][^\n]{0,200}){0,9}\n(?=[\w\-]{2,40}: )",
    ],
    prefix=r"^[>\s]{0,9}",
)


def daemon_sender(email: str, name: str) -> bool:
    """True for the senders mail servers use for themselves."""
    local = email.rpartition("@")[0].lower()[:_LOCAL_LIMIT]
    return bool(_DAEMON.match(local) or _DAEMON_NAME.search(name))


def failure_subject(subject: str) -> bool:
    return _SUBJECT.search(subject) is not None


def says_failure(text: str) -> bool:
    return _PHRASES.search(text) is not None


def written_by_machine(text: str) -> bool:
    return _MACHINE.search(text[:_MACHINE_WITHIN]) is not None
