// <time-ago><time datetime title>6 m</time></time-ago>: keeps minutes and hours true; older texts
// ("yesterday", "12 May") come from the server in the reader's zone and stay as they are.
class TimeAgo extends HTMLElement {
  connectedCallback() {
    this.tick = () => this.show();
    document.body.addEventListener("hd:tick", this.tick);
  }

  disconnectedCallback() {
    document.body.removeEventListener("hd:tick", this.tick);
  }

  show() {
    const time = this.querySelector("time");
    const minutes = Math.floor((Date.now() - Date.parse(time?.dateTime)) / 60_000);
    if (!(minutes >= 0) || minutes >= 12 * 60) return;
    const text = this.words(minutes);
    if (time.textContent !== text) time.textContent = text;
  }

  words(minutes) {
    const words = JSON.parse(document.getElementById("words").textContent);
    if (minutes < 1) return words.now;
    if (minutes < 60) return words.minutes.replace("{m}", minutes);
    return words.hours.replace("{h}", Math.floor(minutes / 60));
  }
}

customElements.define("time-ago", TimeAgo);
