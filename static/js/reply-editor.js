// <reply-editor data-draft-url>: saves the draft of each kind while it is written, keeps all when sending fails.
const PAUSE = 500;
const carried = new Map(); // what the other tabs held when a message left: its answer may be older than their drafts

class ReplyEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("textarea");
    this.was = this.kind;
    this.dirty = new Set();
    for (const { dataset, content } of this.querySelectorAll("template[data-draft]")) content.textContent ||= carried.get(this.dataset.draftUrl + dataset.draft) ?? "";
    this.text.value ||= this.aside(this.kind)?.textContent ?? "";
    carried.clear();
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.form, "input", (event) => this.later(event));
    on(this.form, "change", ({ target }) => target.name === "kind" && this.swap());
    on(this.form, "submit", () => this.stop());
    on(this.form, "htmx:afterRequest", (event) => event.target === this.form && (event.detail.successful || this.resume()));
    on(document, "visibilitychange", () => document.hidden && this.dirty.size && this.save({ keepalive: true }));
  }

  disconnectedCallback() {
    this.stop();
    this.ear.abort();
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
    if (this.dirty.size) this.save();
  }

  // A draft on its way must not arrive after the message: stop it, and save nothing until the answer is known.
  stop() {
    const own = this.kind;
    clearTimeout(this.timer);
    for (const { dataset, content } of this.querySelectorAll("template[data-draft]")) if (dataset.draft !== own) carried.set(this.dataset.draftUrl + dataset.draft, content.textContent);
    if (this.flying === own) this.flight.abort();
    this.dirty.delete(own);
    if (this.dirty.size) this.save({ keepalive: true });
    this.sending = true;
  }

  resume() { this.sending = false; this.later(); }

  async save({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    const [kind] = this.dirty;
    if (!kind || !this.dataset.draftUrl || this.sending || this.flying) return;
    this.dirty.delete(kind);
    this.flying = kind;
    this.flight = new AbortController();
    try {
      const answer = await fetch(this.dataset.draftUrl, { method: "POST", body: this.draft(kind), keepalive, signal: this.flight.signal });
      this.say(answer.ok && !answer.redirected ? "draftSaved" : "draftFailed");
    } catch (error) {
      if (error.name !== "AbortError") this.say("draftFailed");
    }
    this.flying = "";
    if (this.dirty.size) this.save();
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
