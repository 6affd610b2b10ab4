// <reply-editor data-draft-url data-refused>: saves the draft of each kind while it is written, keeps all when sending fails.
const PAUSE = 500;
const carried = new Map(); // unsaved words of the other tabs when a message left: its answer may be older than they are
let underWay = Promise.resolve(); // drafts leave one after the other, so that an older one never arrives last

class ReplyEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("textarea");
    this.was = this.kind;
    this.dirty = new Set(this.hasAttribute("data-refused") ? [this.kind] : []);
    this.text.value ||= this.aside(this.kind)?.textContent ?? "";
    this.takeOver();
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.form, "input", (event) => this.later(event));
    on(this.form, "change", ({ target }) => target.name === "kind" && this.swap());
    on(this.form, "submit", () => this.stop());
    on(this.form, "htmx:afterRequest", (event) => event.target === this.form && (event.detail.successful || this.resume()));
    on(document, "visibilitychange", () => document.hidden && this.save({ keepalive: true }));
    this.save();
  }

  disconnectedCallback() {
    this.ear.abort();
    this.save({ keepalive: true });
  }

  takeOver() {
    for (const { dataset, content } of this.querySelectorAll("template[data-draft]")) {
      const words = carried.get(this.dataset.draftUrl + dataset.draft);
      if (!words) continue;
      content.textContent = words.text;
      if (dataset.draft === this.kind) this.text.value = words.text;
      words.editor.dirty.delete(dataset.draft);
      this.dirty.add(dataset.draft);
    }
    carried.clear();
  }

  get kind() { return this.form.querySelector("[name=kind]:checked")?.value || "reply"; }

  aside(kind) { return this.querySelector(`[data-draft="${kind}"]`)?.content; }

  later(event) {
    if (event?.target.name === "kind") return;
    this.dirty.add(this.kind);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // Each kind has a text of its own; what was typed under the other tab stays there.
  swap() {
    if (this.aside(this.was)) {
      this.aside(this.was).textContent = this.text.value;
      this.text.value = this.aside(this.kind).textContent;
    }
    this.was = this.kind;
    this.save();
  }

  // A draft on its way must not arrive after the message: stop it, and save nothing until the answer is known.
  stop() {
    this.sending = this.kind;
    carried.clear();
    for (const { dataset, content } of this.querySelectorAll("template[data-draft]")) {
      const isUnsaved = this.dirty.has(dataset.draft) || this.flying === dataset.draft;
      if (dataset.draft !== this.sending && isUnsaved) carried.set(this.dataset.draftUrl + dataset.draft, { text: content.textContent, editor: this });
    }
    if (this.flying === this.sending) this.flight.abort();
    this.dirty.delete(this.sending);
    this.save({ keepalive: true });
  }

  resume() {
    carried.clear();
    this.sending = "";
    this.later();
  }

  // One at a time; who leaves the page waits for nothing.
  async save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    const kind = [...this.dirty].find((each) => each !== this.sending);
    if (!kind || !this.dataset.draftUrl || (this.flying && !keepalive)) return;
    this.dirty.delete(kind);
    this.flying = kind;
    this.flight = new AbortController();
    const flight = this.fly(kind, { before: keepalive ? null : underWay, keepalive, signal: this.flight.signal });
    underWay = flight;
    if (keepalive) this.save({ keepalive });
    const isDone = await flight;
    this.flying = "";
    if (isDone) this.save();
    else this.dirty.add(kind);
  }

  // Whether nothing is left to do: what was not saved goes along with the next that is.
  async fly(kind, { before, keepalive, signal }) {
    let isSaved = false;
    try {
      await before;
      const answer = await fetch(this.dataset.draftUrl, { method: "POST", body: this.draft(kind), keepalive, signal });
      isSaved = answer.ok && !answer.redirected;
    } catch (error) {
      if (error.name === "AbortError") return true;
    }
    this.say(isSaved ? "draftSaved" : "draftFailed");
    return isSaved;
  }

  draft(kind) {
    const body = new FormData(this.form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    if (kind === this.kind) return body;
    body.delete("idempotency_key"); // it belongs to the message that is being sent
    body.set("kind", kind);
    body.set("text", this.aside(kind).textContent);
    return body;
  }

  say(word) {
    const line = this.querySelector(".composer__saved");
    if (!line) return;
    line.classList.toggle("composer__saved--failed", word === "draftFailed");
    line.textContent = JSON.parse(document.getElementById("words").textContent)[word];
  }
}

customElements.define("reply-editor", ReplyEditor);
