// The game: the reader serves customers by hand. It walks the tree that the model played, and knows no rule itself.

import { button, el, heading, money } from "./dom.js";
import { compare } from "./score.js";
import { data } from "./stored.js";
import { read, walk } from "./tree.js";
import { say } from "./words.js";

let choices, fair_price, guests, gossip, outcomes, unit_cost, visits; // of the game, when it is there

const ASK = { ask: "Ask first", skip: "Skip the questions" };
const ENDED = {
  win_win: "You both win", win_win_win: "You both win, and their customers too",
  win_lose: "You win, the customer loses", lose_win: "The customer wins, you lose", lose_lose: "You both lose",
  declined: "No deal: the customer says no", walked_away: "No deal: you walk away",
  referred: "No deal: you recommend a rival", turned_away: "No time: you turn them away",
};
const TIMES = ["", "once", "twice"];
const WHERE_TO = ["they stay at home", "they go to a rival", "they come back to you"];
const ISSUE = ["", "Something goes wrong and is not mended. ", "Something goes wrong; you mend it. "];
const hours = (minutes) => `${(minutes / 60).toFixed(1)} hours`;

let place;
// The steps with each guest, as pairs of [asking, choice]; and whether questions were asked in the visit at hand.
let done;
let guest = 0;
let asking = null;

function meter(title, before, after) {
  const change = after - before;
  return el("div", { class: "meter" },
    el("span", {}, title), el("b", {}, `${before}% → ${after}%`, change ? ` ${change > 0 ? "▲" : "▼"}` : ""),
    el("div", { class: "bar", "aria-hidden": "true" },
      el("div", { class: "was", style: `width:${before}%` }), el("div", { class: "is", style: `width:${after}%` })));
}

function deal(result, chosen) {
  const kind = outcomes[result.outcome];
  if (chosen === "refer" && kind === "walked_away") {
    return "No deal: you know no rival who fits better, and say that this is not for them.";
  }
  if (!result.price) {
    const asked = kind === "declined" ? ` You asked ${result.asked}% of the worth of a perfect solution.` : "";
    return `${ENDED[kind]}.${asked}`;
  }
  const gain = result.gain < 0 ? `the customer lost ${money(-result.gain)}` : `the customer gained ${money(result.gain)}`;
  return `${ENDED[kind]}. Price ${money(result.price)}, worth ${money(result.worth)} to them. ${ISSUE[result.issue]}` +
    `You ${result.margin < 0 ? "lost" : "earned"} ${money(Math.abs(result.margin))}; ${gain}.`;
}

function stories(result) {
  const heard = [[result.told_good, "good"], [result.told_bad, "bad"]].filter(([many]) => many);
  if (!heard.length) return `Nobody heard of it this time. Contacts who ask hear a good story in ${gossip}% of cases, and a bad one more often.`;
  return `They told ${heard.map(([many, how]) => `${many} ${many === 1 ? "person" : "people"} something ${how}`).join(" and ")} about you.`;
}

function nextNeed(events, now) {
  if (!events.length) return "They do not need anything for a year.";
  const [[month, where], ...later] = events;
  const others = WHERE_TO.map((words, kind) => [words, later.filter((event) => event[1] === kind).length])
    .filter(([, many]) => many).map(([words, many]) => `${words} ${TIMES[many] ?? `${many} times`}`);
  const then = others.length ? ` Then: ${others.join(", ")}.` : "";
  const lost = events.at(-1)[1] === 2 ? "" : " They do not come back to you within a year.";
  const wait = month - now;
  return `Next need ${wait === 1 ? "a month" : `${wait} months`} later: ${WHERE_TO[where]}.${then}${lost}`;
}

function outcome(node, number, chosen) {
  const result = read(node);
  const [, events] = node;
  return el("div", { class: "card result", "data-result": outcomes[result.outcome] },
    el("h4", {}, `Visit ${number}, month ${result.month}`),
    el("p", {}, el("b", {}, "This deal. "), deal(result, chosen), ` It took you ${hours(result.minutes)}.`),
    meter("Trust in you", result.trust_before, result.trust),
    meter("Trust in salespeople", result.general_before, result.general),
    el("p", {}, el("b", {}, "Word of mouth. "), stories(result)),
    el("p", {}, el("b", {}, "Afterwards. "), nextNeed(events, result.month)));
}

function ask(next, last) {
  const { trust_before: trust } = read(next.ask.honest);
  const then = last ? read(last).trust : trust;
  return el("div", { class: "choices" },
    el("p", { class: "wide" }, "They trust you ", el("b", {}, `${trust}%`), ": they believe that share of your claims.",
      then === trust ? "" : ` It was ${then}% when you parted. Things they met and heard since have changed it.`),
    ...Object.entries(ASK).map(([key, title]) => button(title, () => { asking = key; show("#choice"); },
      { "data-ask": key })),
    el("p", { class: "help" }, "Asking takes hours and shows you their need. Skipping is quick, and you guess."));
}

function choose(next) {
  const { estimate } = read(next[asking].honest);
  const offered = choices.filter(({ key }) => key in next[asking]);
  const pick = (key) => () => {
    done[guest].push([asking, key]);
    asking = null;
    show(".result");
  };
  return el("div", { id: "choice" },
    el("p", {}, asking === "ask" ? "You asked. " : "You guess. ", "To them your product seems to be worth ",
      el("b", {}, `${estimate}%`), ` of a perfect solution. Your cost is ${unit_cost}% of that solution. A fair price is ${
        fair_price}%: your cost and a normal margin.`),
    el("div", { class: "choices" }, ...offered.map(({ key, title, help }) =>
      el("button", { type: "button", onclick: pick(key), "data-choice": key, class: "choice" },
        el("b", {}, title), el("span", {}, help)))));
}

function score(nodes) {
  const sum = (name) => nodes.map(read).reduce((total, result) => total + result[name], 0);
  return el("p", { class: "now", "data-score": sum("margin") },
    `From this customer so far: ${money(sum("margin"))} earned, in ${hours(sum("minutes"))}.`);
}

function show(focus) {
  const { title, stake, tree } = guests[guest];
  const { nodes, next } = walk(tree, done[guest]);
  const number = nodes.length + 1;
  const last = guest === guests.length - 1;
  const parts = [
    el("h3", { tabindex: -1 }, `Customer ${guest + 1} of ${guests.length}`),
    el("p", {}, `A perfect solution is worth about ${money(stake)} to this customer. They need something every other ` +
      `month or so. You see them ${visits} times at most.`),
    ...nodes.map((node, i) => outcome(node, i + 1, done[guest][i][1])),
  ];
  if (nodes.length) parts.push(score(nodes));
  if (next) {
    parts.push(el("div", { class: "card" },
      el("h4", {}, nodes.length ? `They are back: visit ${number}` : `Visit ${number}`),
      asking ? choose(next) : ask(next, nodes.at(-1))));
  } else {
    parts.push(el("p", { class: "now" }, `${nodes.length === visits ? `You have seen them ${
      visits} times: the round is over. ` : ""}That was customer ${guest + 1}. For them your product ${title}.`));
    parts.push(last ? compare(done) : button("Next customer", () => { guest += 1; show("h3"); },
      { class: "main", "data-next-guest": true }));
  }
  const undo = button("Take back the last choice", () => {
    if (asking) asking = null;
    else if (done[guest].length) done[guest].pop();
    else guest -= 1;
    show("h3");
  }, { "data-undo": true, disabled: !asking && !done[guest].length && !guest });
  const again = button("Start again", () => {
    done.forEach((steps) => { steps.length = 0; });
    [guest, asking] = [0, null];
    show("h3");
  }, { "data-again": true });
  parts.push(el("div", { class: "row" }, undo, again));
  place.replaceChildren(...parts);
  const target = focus && [...place.querySelectorAll(focus)].at(-1);
  if (target) {
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
  }
}

export function startGame(root, game) {
  data.game = game;
  place = el("div", { id: "game" });
  root.append(heading(say("shell.part_game")),
    el("p", {}, "Three customers come to you. Each one may come back, or not. Your choices today matter later, too."), place);
  ({ choices, fair_price, guests, gossip, outcomes, unit_cost, visits } = game);
  done = guests.map(() => []);
  show();
}
