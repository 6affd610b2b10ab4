// <mention-list>: @ in a note opens a list of colleagues; arrows choose, Enter inserts, Esc closes.
class MentionList extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.text = this.form.querySelector("textarea");
    this.list = this.querySelector("[role=listbox]");
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.text, "input", () => this.look());
    on(this.text, "blur", () => this.close());
    on(this.text, "keydown", (event) => this.key(event));
    on(this.list, "pointerdown", (event) => {
      event.preventDefault();
      this.take(event.target.closest("[role=option]"));
    });
  }

  disconnectedCallback() {
    this.ear.abort();
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]:not([hidden])")];
  }

  // What stands between the sign and the caret; a mail address is no mention.
  look() {
    const isNote = this.form.querySelector("[name=kind][value=note]")?.checked;
    const typed = isNote && /(?:^|[\s(])@([^\s@]*)$/u.exec(this.text.value.slice(0, this.text.selectionStart));
    if (!typed) return this.close();
    this.word = typed[1];
    const wanted = this.word.toLocaleLowerCase();
    for (const option of this.list.children) {
      const names = option.dataset.name.toLocaleLowerCase().split(" ");
      option.hidden = !names.some((name) => name.startsWith(wanted));
    }
    if (!this.options.length) return this.close();
    this.hidden = false;
    this.choose(this.options[0]);
  }

  close() {
    this.hidden = true;
    this.text.removeAttribute("aria-activedescendant");
  }

  choose(chosen) {
    for (const option of this.list.children) option.setAttribute("aria-selected", option === chosen);
    this.text.setAttribute("aria-activedescendant", chosen.id);
    this.chosen = chosen;
    chosen.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.hidden || event.isComposing || event.ctrlKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], all = this.options;
    if (step) this.choose(all[(all.indexOf(this.chosen) + step + all.length) % all.length]);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.chosen);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  take(option) {
    if (!option) return;
    const end = this.text.selectionStart;
    this.text.setRangeText(`${option.dataset.name} `, end - this.word.length, end, "end");
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }
}

customElements.define("mention-list", MentionList);
