// What came out, made from the runs in this file, and what it does not show.

import { el, span } from "./dom.js";
import { rounds, tellBet } from "./bets.js";
import { data } from "./source.js";
import { contrast, state, watch } from "./state.js";

const { conclusion } = data;

const finding = ({ title, text, against }) => el("li", {}, el("b", {}, `${title}. `), text,
  against?.length ? el("details", {}, el("summary", {}, `Where ${against.length === 1 ? "it was" : "they were"} the other way round`),
    el("ul", {}, ...against.map((words) => el("li", {}, words)))) : null);

const list = (findings) => el("ul", {}, ...findings.map(finding));

export function startConclusion() {
  const place = document.getElementById("conclusion");
  const bets = el("div");
  const own = el("div");
  place.append(bets, own,
    el("details", {}, el("summary", {}, "All comparisons, dials at their defaults"), list(conclusion.default)),
    el("details", {}, el("summary", {}, "All comparisons, over all settings of the dials"), list(conclusion.grid)),
    el("h3", {}, "What this does not show"), el("ul", {}, ...conclusion.left_out.map((text) => el("li", {}, text))),
    el("p", { class: "soft" }, conclusion.made_from));
  const of = (findings) => findings.filter((one) => one.contrast === state.contrast);
  watch(["contrast", "where", "bets"], () => {
    own.replaceChildren(el("h3", {}, contrast().title),
      list(of(conclusion.default)), list(of(conclusion.grid)));
    const told = rounds.map((horizon) => [horizon, tellBet(horizon)]).filter(([, bet]) => bet);
    bets.replaceChildren(...told.map(([horizon, bet]) => el("p", {}, `After ${span(horizon)}: `, bet)));
  });
}

