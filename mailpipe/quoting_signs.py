"""How mail programs announce what they quote, in their users' languages."""

import re

# Jane wrote: the verb that stands in the line above a quote.
ATTRIBUTION_VERBS = re.compile(
    r"\b(?:wrote|writes|said|schrieb|geschrieben|a écrit|a ecrit|écrivait|escribió|escribio"
    r"|escreveu|ha scritto|scrisse|schreef|geschreven|skrev|har skrevet|kirjoitti"
    r"|napisał(?:\(a\)|a)?|pisze"
    r"|napsala?|napsal\(a\)|napísala?|írta|a scris|написала?|написал\(а\)|пишет|писав|написав|yazdı"
    r"|έγραψε|rakstīja|rašė|kirjutas|napisao|je napisal|viết|escrigué|va escriure)\b"
    r"|כתב|كتب|写道|寫道|さんは書きました|wrote：|님이 작성|작성:|เขียน",
    re.IGNORECASE,
)
_ORIGINAL = (
    r"original message|original appointment|ursprüngliche nachricht|originalnachricht"
    r"|message d'origine|message original|mensaje original|messaggio originale|mensagem original"
    r"|oorspronkelijk bericht|originele bericht|ursprungligt meddelande|originalmeddelande"
    r"|oprindelig meddelelse"
    r"|opprinnelig melding|alkuperäinen viesti|wiadomość oryginalna|oryginalna wiadomość"
    r"|původní zpráva|pôvodná správa|eredeti üzenet|mesaj original|исходное сообщение"
    r"|оригинальное сообщение|оригінальне повідомлення|orijinal (?:mesaj|ileti)|αρχικό μήνυμα"
    r"|הודעה מקורית|الرسالة الأصلية|元のメッセージ|原始邮件|原始郵件|邮件原件|원본 메시지|ข้อความเดิม"
)
ORIGINAL_MESSAGE = re.compile(rf"[-_=*\s]{{2,}}(?:{_ORIGINAL})[-_=*\s]{{2,}}:?", re.IGNORECASE)
_AUTHOR = (
    r"from|von|de|da|van|från|fra|lähettäjä|od|feladó|от|від|kimden|gönderen|από|מאת|من"
    r"|差出人|送信者|发件人|寄件者|보낸 사람|จาก|expéditeur|remitente|mittente|afzender"
    r"|avsändare"
)
_OTHERS = (
    r"sent|date|to|cc|bcc|subject|reply-to|gesendet|datum|an|kopie|betreff|envoyé|à|objet|copie"
    r"|enviado(?: el| em)?|fecha|data|para|asunto|assunto|inviato|a|oggetto|verzonden|aan|onderwerp"
    r"|skickat|till|ämne|sendt|til|emne|lähetetty|vastaanottaja|aihe|wysłano|do|temat|dw|odesláno"
    r"|odoslané|komu|předmět|predmet|kopia|küldve|címzett|tárgy|trimis|către|subiect|отправлено"
    r"|дата|кому|тема|копия|надіслано|gönderme tarihi|tarih|kime|konu|bilgi|στάλθηκε|προς|θέμα"
    r"|נשלח|אל|נושא|תאריך|تاريخ الإرسال|إلى|الموضوع|التاريخ|送信日時|日時|宛先|件名|发送时间|日期"
    r"|收件人|主题|抄送|寄件日期|收件者|主旨|보낸 날짜|받는 사람|제목|날짜|ส่ง|ถึง|เรื่อง"
)
_LABEL_END = r"\s?\*{0,2}\s?[:：]\*{0,2}(?:\s|$|(?=\S))"
AUTHOR_LABELS = re.compile(rf"\*{{0,2}}(?:{_AUTHOR}){_LABEL_END}", re.IGNORECASE)
HEADER_LABELS = re.compile(rf"\*{{0,2}}(?:{_AUTHOR}|{_OTHERS}){_LABEL_END}", re.IGNORECASE)
MOBILE_SIGNATURE = re.compile(
    r"(?:sent|get|gesendet|von meinem|envoyé|télécharge[rz]|obtenir|enviado|obt[eé]n|obtener|obter"
    r"|inviato|ottieni|verzonden|verstuurd|download|skickat|hämta|sendt|hent|lähetetty|hanki|wysłan"
    r"|pobierz|odesláno|odoslané|отправлено|скачать|gönderildi|mein|diese nachricht wurde)\b"
    r".{0,40}\b(?:iphone|ipad|ios|android|outlook|blackberry|samsung|galaxy|huawei|xiaomi|mobile"
    r"|mobil\w*|smartphone|handy|phone|telefon\w*|téléphone|móvil|mail app|gmx|web\.de|yahoo|proton"
    r"|mail\.ru|thunderbird|mailbird|spark)\b.{0,60}"
    r"|iphoneから送信|iphone から送信|发自我的.{0,20}|從我的.{0,20}|나의 .{0,20}에서 보냄",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    r"\s*(?:-{3,}\s*(?:forwarded|weitergeleitete|message transféré|mensaje reenviado"
    r"|mensagem encaminhada|messaggio inoltrato|doorgestuurd|vidarebefordrat|videresendt"
    r"|välitetty|przekazana|пересланное|пересылаемое|转发|轉寄|転送|전달|iletilen)"
    r"|begin forwarded message|anfang der weitergeleiteten|début du message (?:transféré|réexpédié)"
    r"|inicio del mensaje reenviado|inizio messaggio inoltrato)",
    re.IGNORECASE,
)
