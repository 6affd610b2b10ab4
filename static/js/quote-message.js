// <quote-message>: the menu of a message copies its link, and quotes it, or what is marked of it, into the composer.
class QuoteMessage extends HTMLElement {
  connectedCallback() {
    this.ear = new AbortController();
    const on = (type, call) => document.addEventListener(type, call, { signal: this.ear.signal });
    on("click", (event) => this.hear(event));
    on("hd:quote", (event) => this.insert(event.detail));
  }

  disconnectedCallback() {
    this.ear.abort();
  }

  hear(event) {
    const item = event.target.closest?.("[data-quote], [data-copy]");
    if (!item) return;
    if (item.matches("[data-quote]")) {
      document.dispatchEvent(new CustomEvent("hd:quote", { detail: this.said(item.closest("article")) }));
    } else if (navigator.clipboard) {
      event.preventDefault();
      const flash = new CustomEvent("hd:flash", { bubbles: true, detail: { text: this.words.linkCopied, level: "success" } });
      navigator.clipboard.writeText(item.href).then(() => document.body.dispatchEvent(flash));
    }
    item.closest("[popover]").hidePopover();
  }

  get words() {
    return JSON.parse(document.getElementById("words").textContent);
  }

  said(article) {
    const body = article.querySelector(".message__body");
    const marked = getSelection();
    const isInside = String(marked).trim() && body.contains(marked.anchorNode) && body.contains(marked.focusNode);
    const time = article.querySelector(".message__head time");
    return {
      text: (isInside ? String(marked) : body.innerText).trim(),
      author: article.querySelector("h2").textContent,
      date: time?.title || time?.textContent || "",
    };
  }

  insert({ text, author, date }) {
    const field = document.getElementById("id_text");
    if (!field) return;
    const head = this.words.quoted.replace("{author}", author).replace("{date}", date);
    const before = field.selectionStart && !field.value.slice(0, field.selectionStart).endsWith("\n") ? "\n\n" : "";
    field.focus();
    field.setRangeText(`${before}${head}\n${text.replace(/^/gm, "> ")}\n\n`, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("quote-message", QuoteMessage);
