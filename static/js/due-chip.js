// <due-chip class="sla sla--ok" data-due data-risk>: counts down between two answers of the server.
const LOOKS = { ok: "", risk: "clock", overdue: "circle-alert" };

class DueChip extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.due) return;
    this.tick = () => this.show(Date.now());
    document.body.addEventListener("hd:tick", this.tick);
  }

  disconnectedCallback() {
    document.body.removeEventListener("hd:tick", this.tick);
  }

  show(now) {
    const due = Date.parse(this.dataset.due);
    const risk = Date.parse(this.dataset.risk || this.dataset.due);
    const state = now >= due ? "overdue" : now >= risk ? "risk" : "ok";
    if (!this.classList.contains(`sla--${state}`)) this.dress(state);
    const text = this.words(state, due - now);
    const label = this.querySelector("span");
    if (label && label.textContent !== text) label.textContent = text;
  }

  dress(state) {
    this.classList.remove("sla--ok", "sla--risk", "sla--overdue");
    this.classList.add(`sla--${state}`);
    this.querySelector("svg")?.remove();
    const icon = document.getElementById("icons")?.content.querySelector(`[data-icon="${LOOKS[state]}"] svg`);
    if (icon) this.prepend(icon.cloneNode(true));
  }

  words(state, left) {
    const words = JSON.parse(document.getElementById("words").textContent);
    const sentence = { ok: "{t}", risk: words.left, overdue: words.overdue }[state];
    return sentence.replace("{t}", this.span(words, Math.floor(Math.abs(left) / 60_000)));
  }

  span(words, minutes) {
    const h = Math.floor(minutes / 60);
    if (!h) return words.minutes.replace("{m}", minutes);
    if (h < 24) return words.hoursMinutes.replace("{h}", h).replace("{m}", String(minutes % 60).padStart(2, "0"));
    return words.daysHours.replace("{d}", Math.floor(h / 24)).replace("{h}", h % 24);
  }
}

customElements.define("due-chip", DueChip);
