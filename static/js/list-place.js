// <list-place data-view>: back from a ticket, the list stands where it stood, the focus on the line one came from.
// On a ticket it carries data-ticket, its number, too. Only numbers and addresses are kept, in this tab.
const KEY = "hd:list";

class ListPlace extends HTMLElement {
  connectedCallback() {
    const kept = JSON.parse(sessionStorage.getItem(KEY) || "{}");
    const { ticket, view } = this.dataset;
    this.ending = new AbortController();
    const hear = (type, act) => window.addEventListener(type, act, { capture: true, signal: this.ending.signal });
    if (ticket) {
      this.keep({ ...kept, ticket });
      hear("click", ({ target }) => {
        const link = target.closest?.("[data-list-link]");
        if (link && kept.view === view) link.search = kept.search;
      });
      return;
    }
    if (kept.ticket && kept.search === location.search) this.restore(kept);
    hear("pagehide", () => this.keep({ view, search: location.search, top: Math.round(scrollY) }));
  }

  disconnectedCallback() {
    this.ending.abort();
  }

  keep(place) {
    sessionStorage.setItem(KEY, JSON.stringify(place));
  }

  restore({ top, ticket }) {
    this.keep({});
    setTimeout(() => {
      const link = document.querySelector(`[data-row-link][href*="/ticket/${ticket}?"]`);
      scrollTo(0, top);
      link?.focus({ preventScroll: true });
      link?.scrollIntoView({ block: "nearest" });
    });
  }
}

customElements.define("list-place", ListPlace);
