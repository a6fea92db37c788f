// What came out, made from the runs in this file, and what it does not show.

import { capital, el, span } from "./dom.js";
import { rounds, tellBet } from "./bets.js";
import { arm } from "./marks.js";
import { data, wordsOf } from "./source.js";
import { contrast, state, watch } from "./state.js";

const { conclusion } = data;

const sidesOf = (key) => data.contrasts.find((one) => one.key === key).sides;

// What a herd makes without one thing that it does together.
function apart(herd) {
  const each = conclusion.apart?.[herd];
  return each ? [el("h4", {}, `${capital(arm(herd).words)}, taken apart`),
    el("p", {}, "In a market of their own with every dial at its default, for each salesperson, over the whole time. One part at a time is taken away; they need not add up."),
    el("ul", {}, ...each.map((text) => el("li", {}, text)))] : [];
}

// The results of one pair: in either kind of market, at the default dials and over all of them.
function pair(key) {
  const seen = Object.entries(conclusion.where).flatMap(([where, words]) => {
    const [usual, grid] = wordsOf({ ...state, where }, key);
    if (usual?.where !== where) return [];
    return [
      el("h4", {}, words), el("p", {}, usual.text), el("p", {}, el("b", {}, "What may explain it")),
      el("ul", {}, ...usual.differed.map((text) => el("li", {}, text))),
      grid ? el("p", {}, grid.text) : null,
      grid?.against.length ? el("details", {}, el("summary", {}, `Where ${arm(sidesOf(key)[1]).words} won (${grid.against.length})`),
        el("ul", {}, ...grid.against.map((setting) => el("li", {}, setting)))) : null,
    ];
  });
  return [...seen, ...sidesOf(key).flatMap(apart)];
}

export function startConclusion() {
  const place = document.getElementById("conclusion");
  const bets = el("div");
  const own = el("div");
  const others = el("div");
  place.append(...(conclusion.short ?? []).map((text) => el("p", { class: "answer-short" }, text)), bets, own,
    el("h3", {}, "What this does not show"), el("ul", {}, ...conclusion.left_out.map((text) => el("li", {}, text))),
    ...(data.live ? [] : [el("p", {}, conclusion.made_from), el("h3", {}, "The other pairs"), others]));
  watch(["contrast", "mix", "where", "bets", "news"], () => {
    own.replaceChildren(el("h3", {}, contrast().title), ...pair(state.contrast).filter(Boolean));
    const told = rounds.map((horizon) => [horizon, tellBet(horizon)]).filter(([, bet]) => bet);
    bets.replaceChildren(...told.map(([horizon, bet]) => el("p", {}, `After ${span(horizon)}: `, bet)));
    if (data.live) return; // it runs one pair at a time
    others.replaceChildren(...data.contrasts.filter((one) => one.key !== state.contrast).map((one) =>
      el("details", {}, el("summary", {}, one.title), ...pair(one.key))));
  });
}
