// Bets before the result is shown: one on the first horizon, one on the end.

import { button, el, span } from "./dom.js";
import { arm, swatch } from "./marks.js";
import { startClock } from "./player.js";
import { data, difference } from "./source.js";
import { atDefaults, contrast, set, state, watch } from "./state.js";
import { go } from "./steps.js";

const EVEN = "even";
export const rounds = [data.horizons[0], data.months];

const answers = () => [...contrast().sides.map((name) => [name, arm(name).words]), [EVEN, "no clear difference"]];

// The right answer: the arm that was clearly ahead, or none of them; nothing while the runs are not at their end.
function truth(horizon) {
  const found = difference(state, horizon);
  if (!found) return null;
  const { sign } = found;
  return sign === 0 ? EVEN : contrast().sides[sign > 0 ? 0 : 1];
}

const placed = () => state.bets[state.contrast] ?? {};
export const allPlaced = () => rounds.every((horizon) => horizon in placed());

function bet(horizon, answer) {
  set({ bets: { ...state.bets, [state.contrast]: { ...placed(), [horizon]: answer } } });
}

// The result of a bet on this horizon, as an element; nothing if there was none.
export function betResult(horizon) {
  const mine = placed()[horizon];
  if (!mine) return null;
  if (!atDefaults() || !truth(horizon)) return null; // bets are on the market as it was shown
  const right = mine === truth(horizon);
  const words = mine === EVEN ? "no clear difference" : arm(mine).words;
  return el("span", { class: `bet ${right ? "right" : "wrong"}`, "data-bet": right ? "right" : "wrong" },
    `${right ? "✓" : "✗"}\u00a0${words}`);
}

// A reload keeps the bets; a page that is opened anew begins without any. A browser may forbid to keep anything.
const KEPT = "longgame bets";

function kept() {
  if (performance.getEntriesByType("navigation")[0]?.type !== "reload") return {};
  try { return JSON.parse(sessionStorage.getItem(KEPT)) ?? {}; } catch { return {}; }
}

function keep() {
  try { sessionStorage.setItem(KEPT, JSON.stringify(state.bets)); } catch { /* then a reload loses them */ }
}

// Whether the result may be shown.
export const betsOpen = () => allPlaced() || Boolean(state.bets.skipped);

// To the race, from its beginning.
function watchRace() {
  set({ month: 0 });
  go("race");
  addEventListener("part", startClock, { once: true }); // opening a part stops the clock
}

export function startBets() {
  set({ bets: kept() });
  watch(["bets"], keep);
  const form = document.getElementById("bets");
  const ready = el("p", { class: "now", "aria-live": "polite" });
  const race = button("Watch the race", watchRace, { class: "main" });
  watch(["contrast"], () => {
    form.replaceChildren(...rounds.map((horizon) => el("fieldset", {},
      el("legend", {}, `Who is ahead after ${span(horizon)}?`),
      ...answers().map(([answer, words]) => el("label", { class: "answer" },
        el("input", { type: "radio", name: `after-${horizon}`, value: answer,
          checked: placed()[horizon] === answer, onchange: () => bet(horizon, answer) }),
        answer === EVEN ? null : swatch(answer), words)))), ready, race);
  });
  const gate = document.getElementById("gate");
  const gated = document.getElementById("gated");
  gate.append(el("p", {}, "You have not placed your bets on this pair yet."),
    el("div", { class: "row" }, button("Bet first", () => go("bet"), { class: "main" }),
      button("Watch without betting", () => set({ month: 0, bets: { ...state.bets, skipped: true } }),
        { "data-no-bet": true })));
  watch(["contrast", "bets"], () => {
    const open = betsOpen();
    const closes = !open && !gated.hidden;
    gate.hidden = open;
    gated.hidden = !open;
    if (closes) gate.scrollIntoView({ block: "center" }); // else a pair chosen below the race leaves an empty screen
    ready.textContent = allPlaced() ? "Your bets are in." : "Bet first; nobody has seen the result yet.";
    race.disabled = !allPlaced();
  });
}
