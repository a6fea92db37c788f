// The clock that race and market share: play, pause, step, reset, and a slider of months.

import { button, calm, el } from "./dom.js";
import { MARKET, set, state, watch } from "./state.js";

const BEAT = 90; // milliseconds a month; readers who ask for less motion get a year a second instead
let timer = null;
const faces = [];

const atEnd = () => state.month >= state.horizon;

function showFaces() { for (const face of faces) face(); }

export function pause() {
  clearInterval(timer);
  timer = null;
  showFaces();
}

export const playing = () => timer !== null;

function beat(months) {
  set({ month: Math.min(state.month + months, state.horizon) });
  if (atEnd()) pause();
}

export function startClock() {
  if (atEnd()) set({ month: 0 });
  const [months, wait] = calm() ? [12, 1000] : [1, BEAT];
  timer = setInterval(() => beat(months), wait);
  showFaces();
}

export function mountPlayer(place) {
  const start = button("Play", () => (playing() ? pause() : startClock()), { "data-play": true, class: "main" });
  const slider = el("input", {
    type: "range", min: 0, step: 1, "aria-label": "Month", "data-month": true,
    oninput: () => { pause(); set({ month: +slider.value }); },
  });
  place.append(el("div", { class: "player" },
    start,
    button("Step", () => { pause(); beat(1); }, { "data-step-one": true }),
    button("Year", () => { pause(); beat(12); }, { "data-step-year": true, "aria-label": "Step one year" }),
    button("To the end", () => { pause(); set({ month: state.horizon }); }, { "data-to-end": true }),
    button("Reset", () => { pause(); set({ month: 0 }); }, { "data-reset": true }),
    slider));
  const face = () => { start.textContent = playing() ? "Pause" : "Play"; };
  faces.push(face);
  watch(["month", "horizon", ...MARKET], () => {
    slider.max = state.horizon;
    slider.value = state.month;
    slider.setAttribute("aria-valuetext", `month ${state.month} of ${state.horizon}`);
    face();
  });
}

// A hidden race stands still.
addEventListener("part", pause);
addEventListener("visibilitychange", () => document.hidden && pause());
