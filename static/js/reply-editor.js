// <reply-editor data-draft-url data-refused>: saves the draft of each kind while it is written, keeps all when sending fails.
const PAUSE = 500;
const carried = new Map(); // unsaved words of the other tabs when a message left: its answer may be older than they are

class ReplyEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("textarea");
    this.was = this.kind;
    this.unsaved = new Map(this.hasAttribute("data-refused") ? [[this.kind]] : []); // each kind with its save on the way
    for (const { dataset, content } of this.querySelectorAll("template[data-draft]")) {
      const words = carried.get(this.dataset.draftUrl + dataset.draft);
      if (words === undefined) continue;
      content.textContent = words;
      if (dataset.draft === this.kind) this.text.value = words;
      this.unsaved.set(dataset.draft);
    }
    carried.clear();
    this.text.value ||= this.aside(this.kind)?.textContent ?? "";
    this.ear = new AbortController();
    const on = (target, type, call) => target.addEventListener(type, call, { signal: this.ear.signal });
    on(this.form, "input", (event) => this.later(event));
    on(this.form, "change", ({ target }) => target.name === "kind" && this.swap());
    on(this.form, "submit", () => this.stop());
    on(this.form, "htmx:afterRequest", ({ target, detail }) => target === this.form && !detail.successful && this.later());
    on(document, "visibilitychange", () => document.hidden && this.save({ keepalive: true }));
    this.save();
  }

  disconnectedCallback() { this.ear.abort(); }

  get kind() { return this.form.querySelector("[name=kind]:checked")?.value || "reply"; }

  aside(kind) { return this.querySelector(`[data-draft="${kind}"]`)?.content; }

  later(event) {
    if (event?.target.name === "kind") return;
    if (!event) this.sending = ""; // it failed
    this.mark(this.kind);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  // Each kind has a text of its own; what was typed under the other tab stays there.
  swap() {
    const [left, entered] = [this.aside(this.was), this.aside(this.kind)];
    if (left) [left.textContent, this.text.value] = [this.text.value, entered.textContent];
    this.was = this.kind;
    this.save();
  }

  // A draft on its way must not arrive after the message: stop it, and save nothing until the answer is known.
  stop() {
    this.sending = this.kind;
    this.mark(this.sending).delete(this.sending);
    carried.clear();
    for (const kind of this.unsaved.keys()) carried.set(this.dataset.draftUrl + kind, this.aside(kind).textContent);
    this.save({ keepalive: true });
  }

  mark(kind, flight) {
    this.unsaved.get(kind)?.abort();
    return this.unsaved.set(kind, flight);
  }

  save(options) {
    clearTimeout(this.timer);
    for (const kind of [...this.unsaved.keys()]) if (kind !== this.sending && this.dataset.draftUrl) this.post(kind, options);
  }

  // What fails stays unsaved, and goes along with the next that is saved.
  async post(kind, options) {
    const flight = new AbortController();
    this.mark(kind, flight);
    const answer = await fetch(this.dataset.draftUrl, { method: "POST", body: this.draft(kind), signal: flight.signal, ...options }).catch(() => ({}));
    if (this.unsaved.get(kind) !== flight) return;
    const isSaved = answer.ok && !answer.redirected;
    if (isSaved) this.unsaved.delete(kind);
    this.say(isSaved);
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

  say(isSaved) {
    const line = this.querySelector(".composer__saved");
    line?.classList.toggle("composer__saved--failed", !isSaved);
    if (line) line.textContent = JSON.parse(document.getElementById("words").textContent)[isSaved ? "draftSaved" : "draftFailed"];
  }
}

customElements.define("reply-editor", ReplyEditor);
