// One heartbeat per page: elements poll with hx-trigger="hd:tick from:body" (screens.md 6.7).
const VISIBLE = 10_000;
const HIDDEN = 60_000;
let timer;

const plan = () => {
  clearTimeout(timer);
  timer = setTimeout(beat, document.hidden ? HIDDEN : VISIBLE);
};

const beat = () => {
  document.body.dispatchEvent(new CustomEvent("hd:tick", { bubbles: true }));
  plan();
};

document.addEventListener("visibilitychange", () => (document.hidden ? plan() : beat()));
plan();
