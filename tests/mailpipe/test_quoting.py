"""Answers split into new and quoted: nothing is ever lost, inline answers stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpipe.parsing import html_to_text
from mailpipe.quoting import Quoted, split_text
from mailpipe.quoting_html import split_html
from tests.pace import takes_at_most

NEW = "Thank you, it works."
MARKERS = ["Please reply above this line", "Bitte über dieser Zeile antworten"]


def visible(quote: str) -> str:
    return split_text(f"{NEW}\n\n{quote}", MARKERS).visible.strip()


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Jan 5, 2026 at 3:04 PM Ada <ada@x.example> wrote:",
        "On Mon, Jan 5, 2026 at 3:04 PM Ada Lovelace of the\nSupport Team <ada@x.example> wrote:",
        "On 05/01/2026 15:04, Ada wrote:",
        "Am 05.01.26 um 15:04 schrieb Ada:",
        "Le lun. 5 janv. 2026 à 15:04, Ada <ada@x.example> a écrit :",
        "El lun, 5 ene 2026 a las 15:04, Ada (<ada@x.example>) escribió:",
        "Em seg., 5 de jan. de 2026 às 15:04, Ada <ada@x.example> escreveu:",
        "Il giorno lun 5 gen 2026 alle ore 15:04 Ada <ada@x.example> ha scritto:",
        "Op ma 5 jan 2026 om 15:04 schreef Ada <ada@x.example>:",
        "Den mån 5 jan. 2026 kl 15:04 skrev Ada <ada@x.example>:",
        "ma 5. tammik. 2026 klo 15.04 Ada (ada@x.example) kirjoitti:",
        "pon., 5 sty 2026 o 15:04 Ada <ada@x.example> napisał(a):",
        "po 5. 1. 2026 v 15:04 odesílatel Ada <ada@x.example> napsal:",
        "пн, 5 янв. 2026 г. в 15:04, Ada <ada@x.example>:",
        "5 Oca 2026 Pzt 15:04 tarihinde Ada <ada@x.example> şunu yazdı:",
        "2026年1月5日(月) 15:04 Ada <ada@x.example>:",
        "Ada <ada@x.example> 于2026年1月5日周一 15:04写道：",
        "2026년 1월 5일 (월) 오후 3:04, Ada <ada@x.example>님이 작성:",
    ],
)
def test_attribution_is_known_in_many_languages(attribution: str) -> None:
    assert visible(f"{attribution}\n\n> old\n> older\n") == NEW


@pytest.mark.parametrize(
    "quote",
    [
        "-----Original Message-----\nFrom: Ada\n\nold",
        "-----Ursprüngliche Nachricht-----\nVon: Ada\n\nold",
        "-------- Message original --------\nold",
        "________________________________\nFrom: Ada\nSent: Monday\nTo: Cleo\nSubject: x\n\nold",
        "Von: Ada\nGesendet: Montag\nAn: Cleo\nBetreff: x\n\nold",
        "De : Ada\nEnvoyé : lundi\nÀ : Cleo\nObjet : x\n\nold",
        "De: Ada\nEnviado el: lunes\nPara: Cleo\nAsunto: x\n\nold",
        "Da: Ada\nInviato: lunedì\nA: Cleo\nOggetto: x\n\nold",
        "Van: Ada\nVerzonden: maandag\nAan: Cleo\nOnderwerp: x\n\nold",
        "От: Ada\nОтправлено: понедельник\nКому: Cleo\nТема: x\n\nold",
        "发件人: Ada\n发送时间: 2026年1月5日\n收件人: Cleo\n主题: x\n\nold",
        "差出人: Ada\n送信日時: 2026年1月5日\n宛先: Cleo\n件名: x\n\nold",
        "*From:* Ada\n*Sent:* Monday\n*To:* Cleo\n*Subject:* x\n\nold",
        "Date: Mon, 5 Jan 2026\nSubject: x\nFrom: a@x.example\nTo: c@x.example\n\nold",
        "> old\n> older",
        "Sent from my iPhone\n\n> On 5 Jan 2026, at 15:04, Ada <ada@x.example> wrote:\n>\n> old",
        "-- \nCleo Customer\nTel. 123\n\nOn 05/01/2026 15:04, Ada wrote:\n> old",
        "-- \nCleo Customer",
        "Von meinem iPhone gesendet",
        "Get Outlook for Android<https://aka.ms/x>",
        "## Please reply above this line ##\nold text\nwithout marks",
        "## Bitte über dieser Zeile antworten ##\nold",
        "On 05/01/2026 15:04, Ada wrote:\n> ## Please reply above\n> this line ##\n> old",
        "Ada wrote on 5.1.2026:\n\n## Please reply above this line ##\nold",
    ],
)
def test_quote_and_signature_are_folded(quote: str) -> None:
    assert visible(quote) == NEW


@pytest.mark.parametrize(
    "text",
    [
        "> old\n> older\n\nMy answer below.\n",
        "> question one\nyes\n> question two\nno\n",
        "Please write to a@b.example until 5.1.2026:\n- one\n- two\n",
        "She wrote 2026 reports.\nNothing quoted here.\n",
        "From: the bottom of my heart\nThank you\n",
        "> ## Please reply above this line ##\n> old\n\nMy answer stands below.\n",
        "On 05/01/2026 15:04, Ada wrote:\n> only a quote\n",
        "-----Original Message-----\nFrom: x\n\nnothing new above\n",
        "",
        "\n\n",
        "FYI\n\n---------- Forwarded message ---------\nFrom: Ada <ada@x.example>\nDate: Monday\n"
        "Subject: x\nTo: Cleo\n\nold\n",
        "Begin forwarded message:\n\nFrom: Ada\nSubject: x\nDate: Monday\nTo: Cleo\n\nold\n",
    ],
)
def test_text_without_new_part_above_a_quote_stays_whole(text: str) -> None:
    assert split_text(text, MARKERS).quoted.strip() == ""


@given(st.text(max_size=400))
def test_nothing_of_any_text_is_lost(text: str) -> None:
    found = split_text(text, MARKERS)
    assert found.visible + found.quoted == text


@given(
    st.lists(
        st.sampled_from(
            ["> a", "text", "", "-- ", "On 5.1.2026 15:04 a@b.example wrote:", "From: a", "To: b",
             "Subject: c", "________________", "Please reply above this line", "-----Original Message-----"]
        ),
        max_size=25,
    ).map("\n".join)
)  # fmt: skip
def test_nothing_of_any_mail_is_lost(text: str) -> None:
    found = split_text(text, MARKERS)
    assert found.visible + found.quoted == text


def test_very_long_text_is_left_whole_quickly() -> None:
    text = "line\n" * 400_000
    assert takes_at_most(1, lambda: split_text(text, MARKERS)) == Quoted(text)


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On x Ada wrote:</div>old</div>',
        '<div class="gmail_quote gmail_quote_container">old</div>',
        '<div class="moz-cite-prefix">On 5.1.26 Ada wrote:</div><blockquote type="cite">old'
        "</blockquote>",
        '<div>On 5 Jan 2026, at 15:04, Ada &lt;a@x.example&gt; wrote:</div><br>'
        '<blockquote type="cite">old</blockquote>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: Ada</div><div>old</div>',
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p>From: Ada</p></div></div>"
        "<p>old</p>",
        '<div class="yahoo_quoted">old</div>',
        "<p><b>From:</b> Ada<br><b>Sent:</b> Monday<br><b>To:</b> Cleo<br><b>Subject:</b> x</p>old",
        "<div>26.06.2014, 14:41, Ada &lt;a@x.example&gt;:</div><blockquote>old</blockquote>",
        '<div class="protonmail_quote">old</div>',
        "<p>## Please reply above this line ##</p><p>old</p>",
        "<table><tr><td>Please reply above this line</td></tr></table><p>old</p>",
    ],
)  # fmt: skip
def test_html_quote_is_folded(quote: str) -> None:
    found = split_html(f"<html><body><p>{NEW}</p>{quote}</body></html>", MARKERS)
    assert html_to_text(found.visible) == NEW
    assert "old" in html_to_text(found.quoted)


@pytest.mark.parametrize(
    "html",
    [
        "<p>no quote</p>",
        '<blockquote type="cite">old</blockquote><p>answer below</p>',
        '<div class="gmail_quote">old only</div>',
        '<blockquote type="cite">Please reply above this line</blockquote><p>answer below</p>',
        '<p>FYI</p><div class="gmail_quote">---------- Forwarded message ---------<br>news</div>',
        "",
    ],
)
def test_html_without_a_tail_of_quotes_stays_whole(html: str) -> None:
    assert split_html(html, MARKERS) == Quoted(html)


@given(
    st.lists(
        st.sampled_from(
            ["<p>new</p>", "<div class=gmail_quote>", "</div>", "<blockquote type=cite>", "word ",
             "</blockquote>", "<div id=appendonsend></div>", "<table><tr><td>", "Please reply above this line"]
        ),
        max_size=15,
    ).map("".join)
)  # fmt: skip
def test_no_word_of_any_html_is_lost(html: str) -> None:
    found = split_html(html, MARKERS)
    words = sorted(html_to_text(found.visible).split() + html_to_text(found.quoted).split())
    plain = sorted(html_to_text(html).split())
    assert [word for word in words if word.strip(">")] == [
        word for word in plain if word.strip(">")
    ]
