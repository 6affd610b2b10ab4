// <list-place>: back from a ticket, the list stands where it stood and the focus on the line one came from.
// On a ticket it carries `ticket`, its number. Only numbers and positions are kept, in this tab.
const KEY = "hd:list";

class ListPlace extends HTMLElement {
  connectedCallback() {
    const kept = JSON.parse(sessionStorage.getItem(KEY) || "{}");
    const { ticket } = this.dataset;
    if (ticket) return this.keep({ ...kept, ticket });
    if (kept.ticket && kept.list === location.search) setTimeout(() => this.restore(kept));
    this.leave = () => this.keep({ list: location.search, top: Math.round(scrollY) });
    window.addEventListener("pagehide", this.leave);
  }

  disconnectedCallback() {
    window.removeEventListener("pagehide", this.leave);
  }

  keep(place) {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  }

  restore({ top, ticket }) {
    const link = document.querySelector(`[data-row-link][href*="/ticket/${ticket}?"]`);
    scrollTo(0, top);
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("list-place", ListPlace);
