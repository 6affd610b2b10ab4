// <mark-down role=toolbar aria-controls>: marks what is selected in its text; arrows move, Ctrl B, I and K work in the text.
// Without aria-controls it works on the text of its form that had the focus last.
class MarkDown extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form"), own = document.getElementById(this.getAttribute("aria-controls"));
    this.text = own ?? form.querySelector("textarea");
    this.buttons = [...this.querySelectorAll("button")];
    this.buttons.forEach((button, place) => (button.tabIndex = place ? -1 : 0));
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this, "click", (event) => event.target.closest("button") && this.mark(event.target.closest("button")));
    on(this, "keydown", (event) => this.move(event));
    if (!own) return on(form, "focusin", ({ target }) => target.localName === "textarea" && (this.text = target));
    on(this.text, "keydown", (event) => this.key(event));
    on(this.text, "input", () => this.fold());
    this.peek = form.querySelector("[data-preview]");
    on(this.peek, "click", (event) => {
      if (!this.pane.textContent) return this.peek.setAttribute("aria-expanded", "true");
      event.preventDefault();
      event.stopImmediatePropagation();
      this.fold();
    });
  }

  disconnectedCallback() {
    this.ear.abort();
  }

  get pane() {
    return document.getElementById(this.peek.getAttribute("aria-controls"));
  }

  fold() {
    this.pane.replaceChildren();
    this.peek.setAttribute("aria-expanded", "false");
  }

  move({ key }) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    const at = this.buttons.indexOf(document.activeElement), all = this.buttons.length;
    const next = this.buttons[(at + step + all) % all];
    this.buttons.forEach((button) => (button.tabIndex = button === next ? 0 : -1));
    next.focus();
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const button = this.querySelector(`[aria-keyshortcuts="Control+${event.key.toUpperCase()}"]`);
    if (!button) return;
    event.preventDefault();
    event.stopPropagation(); // elsewhere, Ctrl K opens the palette
    this.mark(button);
  }

  mark({ dataset }) {
    const { selectionStart: from, selectionEnd: to, value } = this.text;
    const chosen = value.slice(from, to);
    if (dataset.insert) return this.put(from, to, dataset.insert);
    if (dataset.line) {
      const start = value.lastIndexOf("\n", from - 1) + 1;
      const lines = value.slice(start, to).split("\n");
      return this.put(start, to, lines.map((line) => dataset.line + line).join("\n"));
    }
    if (dataset.mark) return this.put(from, to, dataset.mark + chosen + dataset.mark, dataset.mark.length);
    const isUrl = /^https?:/.test(chosen);
    this.put(from, to, isUrl ? `[](${chosen})` : `[${chosen}](https://)`, isUrl || !chosen ? 1 : chosen.length + 11);
  }

  // execCommand keeps the browser's own undo; nothing else does.
  put(from, to, text, caret = text.length) {
    this.text.focus();
    this.text.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) this.text.setRangeText(text, from, to, "end");
    const chosen = caret < text.length && to > from && text.length - 2 * caret === to - from ? to - from : 0;
    this.text.setSelectionRange(from + caret, from + caret + chosen);
  }
}

customElements.define("mark-down", MarkDown);
