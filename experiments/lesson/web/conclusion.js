// The results of the runs, in words and tables, and the limits of the model.

import { capital, el, span, table } from "./dom.js";
import { betResult, rounds } from "./bets.js";
import { arm } from "./marks.js";
import { data, wordsOf } from "./source.js";
import { contrast, state, watch } from "./state.js";

const { conclusion } = data;

const sidesOf = (key) => data.contrasts.find((one) => one.key === key).sides;

// The profit of a herd without one of its parts.
function apart(herd) {
  const each = conclusion.apart?.[herd];
  return each ? [el("h4", {}, `${capital(arm(herd).words)}, taken apart`),
    el("p", {}, "The herds sell in a market of their own, with every dial at its default, over the whole time. " +
      "One part at a time is taken away. The parts need not add up."),
    table(`${capital(arm(herd).words)}, taken apart`, conclusion.heads.apart, each)] : [];
}

// The results of one pair: in either kind of market, at the default dials and over all of them.
function pair(key) {
  const seen = Object.entries(conclusion.where).flatMap(([where, words]) => {
    const [usual, grid] = wordsOf({ ...state, where }, key);
    if (usual?.where !== where) return [];
    return [
      el("h4", {}, words), table(`Result: ${words}`, conclusion.heads.ahead, usual.ahead),
      usual.overtaking ? el("p", {}, usual.overtaking) : null,
      table(`Possible reasons: ${words}`, conclusion.heads.differed, usual.differed, "Possible reasons"),
      grid ? el("p", {}, grid.text) : null,
      grid?.against.length ? el("details", {}, el("summary", {}, `Settings in which ${arm(sidesOf(key)[1]).words} were ahead: ${grid.against.length}`),
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
    el("h3", {}, "Limits of the model"), el("ul", {}, ...conclusion.left_out.map((text) => el("li", {}, text))),
    ...(data.live ? [] : [el("p", {}, conclusion.made_from), el("h3", {}, "The other pairs"), others]));
  watch(["contrast", "mix", "where", "bets", "news"], () => {
    own.replaceChildren(el("h3", {}, contrast().title), ...pair(state.contrast).filter(Boolean));
    const settled = rounds.map((horizon) => [horizon, betResult(horizon)]).filter(([, bet]) => bet);
    bets.replaceChildren(...settled.map(([horizon, bet]) => el("p", {}, `Your bet after ${span(horizon)}: `, bet)));
    if (data.live) return; // it runs one pair at a time
    others.replaceChildren(...data.contrasts.filter((one) => one.key !== state.contrast).map((one) =>
      el("details", {}, el("summary", {}, one.title), ...pair(one.key))));
  });
}
