// The small elements of the pages of one ticket (ADR 0011).

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
    const form = document.getElementById("id_text")?.form;
    // Merged tickets: what the one customer wrote must not reach the other.
    if (item.dataset.quote && form && item.dataset.quote !== form.dataset.whose && form.elements.kind.value === "reply") {
      this.flash(this.words.notTheirs, "warning");
    } else if (item.matches("[data-quote]")) {
      document.dispatchEvent(new CustomEvent("hd:quote", { detail: this.said(item.closest("article")) }));
    } else if (navigator.clipboard) {
      event.preventDefault();
      navigator.clipboard.writeText(item.href).then(() => this.flash(this.words.linkCopied, "success"));
    }
    item.closest("[popover]").hidePopover();
  }

  flash(text, level) {
    document.body.dispatchEvent(new CustomEvent("hd:flash", { bubbles: true, detail: { text, level } }));
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

// <inline-edit>: a small form that took the place of a text; Escape or its cancel link puts it away.
class InlineEdit extends HTMLElement {
  connectedCallback() {
    if (!this.closest("#ticket-step")) return;
    this.querySelector("input:not([type=hidden])").focus();
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.leave(event));
    this.querySelector("[data-cancel]").addEventListener("click", (event) => this.leave(event));
  }

  leave(event) {
    event.preventDefault();
    this.remove();
    document.querySelector("#edit-subject")?.focus();
  }
}

customElements.define("inline-edit", InlineEdit);

// <print-page>: its button opens the browser's print dialog.
class PrintPage extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => print());
  }
}

customElements.define("print-page", PrintPage);
