// <reply-picker data-url data-facts>: `/word` in the composer offers predefined replies, Tab articles; Enter inserts, Esc leaves the text.
const WORD = /(?:^|\s)\/([^\s/]*)$/;

class ReplyPicker extends HTMLElement {
  connectedCallback() {
    this.text = (this.form = this.closest("form")).elements.text;
    [this.panel, this.files, this.note] = this.children;
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.text, "input", () => this.look());
    on(this.text, "blur", () => this.close());
    on(this.text, "keydown", (event) => this.at >= 0 && this.press(event));
    on(this.panel, "mousedown", (event) => (event.preventDefault(), this.choose(event.target.closest("[role=option], [data-tab]"))));
    on(this.form, "click", (event) => event.target.closest("[data-pick]") && this.begin(event));
    on(document, "hd:pick", (event) => this.begin(event));
    this.close();
  }

  disconnectedCallback = () => this.ear.abort();
  get before() { return this.text.value.slice(0, this.text.selectionStart); }

  begin(event) {
    event.preventDefault();
    this.text.focus();
    this.put(/\S$/.test(this.before) ? " /" : "/", this.text.selectionStart);
  }

  // What a reply is filled in by goes along.
  ask(url, said = []) {
    const facts = [...new FormData(this.form)].filter(([name]) => this.dataset.facts.split(" ").includes(name));
    return fetch(`${url}?${new URLSearchParams([...facts, ...said])}`, { headers: { "HX-Request": "true" } }).catch(() => ({}));
  }

  look() {
    const word = WORD.exec(this.before)?.[1], at = this.before.length - word?.length - 1;
    if (this.left === at) return;
    if (!(at >= 0)) return this.close();
    [this.at, this.word] = [at, word];
    this.ready = new Promise((done) => setTimeout(() => done(word === this.word && this.load()), 60));
  }

  async load(tab = this.tab, word = this.word) {
    const answer = await this.ask(this.dataset.url, [["q", word], ["tab", tab]]);
    if (!answer.ok || word !== this.word || this.at < 0) return;
    this.panel.innerHTML = await answer.text();
    this.options = [...this.panel.querySelectorAll("[role=option]")];
    this.panel.hidden = !this.options.length && tab === "replies";
    this.mark(0);
  }

  mark(index) {
    this.chosen = this.options.at(index % this.options.length || 0);
    for (const option of this.options) if ((option.ariaSelected = option === this.chosen)) option.scrollIntoView({ block: "nearest" });
    this.text.setAttribute("aria-activedescendant", this.chosen?.id || "");
  }

  // Fast fingers press Enter before the list is there: it is waited for; with nothing to choose it breaks the line.
  press(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], other = this.panel.querySelector("[data-tab]");
    if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Escape") this.close(this.at);
    else if (step && this.chosen) this.mark(this.options.indexOf(this.chosen) + step);
    else if (event.key === "Tab" && other) this.choose(other);
    else if (event.key === "Enter") this.ready.then(() => (this.chosen ? this.choose(this.chosen) : this.put("\n", this.text.selectionStart)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async choose(found) {
    const { tab, url, text } = found?.dataset ?? {};
    if (!found || tab) return tab && ([this.tab, this.ready] = [tab, this.load(tab)]);
    const start = this.close(this.at);
    const asked = url && (await this.ask(url));
    const told = asked ? asked.ok && (await asked.json()) : { text, picked: "" };
    if (!told) return;
    this.put(told.text, start);
    if (told.missing) this.text.setSelectionRange(...told.missing.map((place) => start + place));
    [this.note.textContent, this.note.hidden] = [told.note, !told.note];
    this.files.insertAdjacentHTML("beforeend", told.picked);
    if (told.kind) this.form.querySelector(`[name=kind][value=${told.kind}]`).click();
    const send = told.status && this.form.querySelector(".for-reply [data-send=default]");
    if (send) [send.value, send.lastChild.textContent] = told.status;
  }

  // As if typed, so that it can be undone.
  put(text, start) {
    this.text.setSelectionRange(start, this.text.selectionStart);
    document.execCommand("insertText", false, text);
  }

  close(left = -1) {
    [this.panel.hidden, this.at, this.left, this.chosen, this.options, this.tab] = [true, -1, left, null, [], "replies"];
    this.text.setAttribute("aria-activedescendant", "");
    return left;
  }
}

customElements.define("reply-picker", ReplyPicker);
