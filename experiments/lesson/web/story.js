// The story: five who work together against one who pushes. Bets, and a race that stops by itself.

import { amountAt, leadWords, mountChart } from "./chart.js";
import { button, calm, coins, el, heading, money, span, table } from "./dom.js";
import { onePicture, portrait, teamPicture } from "./people.js";
import { go } from "./screens.js";
import { declare, get, set, watch } from "./state.js";
import { data } from "./stored.js";
import { say } from "./words.js";

const SIDES = ["ours", "theirs", "even"];
const STOPS = data.bets.slice(0, -1); // the race stops there and asks
const BEAT = 70; // milliseconds a month

for (const month of data.bets) declare(`bet${month}`, "", SIDES);
for (const month of STOPS) declare(`close${month}`, "", ["yes", "no"]);
declare("seen", "0", ["0", ...data.bets.map(String)]); // how far the race has come
declare("unbet", "no", ["yes"]);

const bet = (month) => get(`bet${month}`);
const allBets = () => data.bets.every(bet);
const sideWords = (side) => say(`story.side_${side}`);

// The side that is clearly ahead at a bet, over all runs.
const truth = (course, month) => ["theirs", "even", "ours"][course.after[month].sign + 1];

// How sure a result is: counts, interval, and firms that did not last.
export function howSure(course, month) {
  const { value, low, high, n, ahead } = course.after[month];
  const parts = [say("story.sure_runs", { n, ahead, after: span(month) })];
  parts.push(low === null ? say("story.sure_few") : say("story.sure_interval", { value: money(value), low: money(low), high: money(high) }));
  parts.push(say("story.sure_failed", { ours: course.failed.ours, theirs: course.failed.theirs, n }));
  return parts.map((text) => el("p", {}, text));
}

export function startTown(root, { customers, markups }) {
  root.append(heading(say("story.town_title")),
    el("p", { class: "lead" }, say("story.town", { customers: money(customers) })),
    el("div", { class: "portraits" },
      portrait(teamPicture(), say("story.team"), say("story.team_about", { markup: markups[0] }), "team"),
      portrait(onePicture(), say("story.one"), say("story.one_about", { markup: markups[1] }), "one")));
}

export function startBets(root) {
  const ready = el("p", { class: "now", "aria-live": "polite" });
  const watchIt = button(say("story.watch"), () => go("race"), { class: "main", "data-watch": true });
  root.append(heading(say("story.bets_title")), el("p", { class: "lead" }, say("story.bets")),
    ...data.bets.map((month) => el("fieldset", {}, el("legend", {}, say("story.bet_after", { after: span(month) })),
      el("div", { class: "answers" }, ...SIDES.map((side) => el("label", { class: `answer is-${side}` },
        el("input", { type: "radio", name: `bet${month}`, value: side, checked: bet(month) === side,
          onchange: () => set({ [`bet${month}`]: side }) }), sideWords(side)))))),
    el("div", { class: "row" }, watchIt, ready));
  watch(data.bets.map((month) => `bet${month}`), () => {
    watchIt.disabled = !allBets();
    ready.textContent = allBets() ? say("story.bets_in") : "";
    for (const input of root.querySelectorAll("input")) input.checked = get(input.name) === input.value;
  });
}

let control = null; // the race on its screen: what a presenter's key does

export function startRace(root, { course }) {
  let until = +get("seen");
  let timer = null;
  let sure = false;
  const gate = el("div", {}, el("p", {}, say("story.gate")), el("div", { class: "row" },
    button(say("story.gate_bet"), () => go("bets"), { class: "main" }),
    button(say("story.gate_watch"), () => set({ unbet: "yes" }), { "data-no-bet": true })));
  const box = el("div");
  const card = el("div", { class: "card", tabindex: -1 });
  const play = button("", () => (timer ? pause() : start()), { class: "main", "data-play": true });
  const again = button(say("story.again"), () => { pause(); until = 0; set({ seen: "0" }); face(); }, { "data-again": true });
  const race = el("div", {}, box, el("div", { class: "row" }, play, again), card);
  root.append(heading(say("story.race_title")), el("p", {}, say("story.race")), gate, race);
  const show = mountChart(box, () => ({ course, until, sure }));

  const atStop = () => data.bets.includes(until);
  const over = () => until >= data.months;

  function pause() {
    clearInterval(timer);
    timer = null;
    face();
  }

  function start() {
    if (over()) until = 0;
    card.hidden = true;
    timer = setInterval(() => {
      const next = data.bets.find((month) => month > until);
      until = Math.min(next, until + (calm() ? 60 : 1));
      show();
      if (until !== next) return;
      clearInterval(timer);
      timer = null;
      set({ seen: `${until}` });
      face();
      card.focus({ preventScroll: true });
      card.scrollIntoView({ block: "nearest" });
    }, calm() ? 600 : BEAT);
    face();
  }

  // What is known at a stop, and the question; at the end the bets are settled.
  function face() {
    show();
    play.textContent = say(timer ? "story.pause" : over() ? "story.replay" : until ? "story.go_on" : "story.start");
    again.disabled = !until;
    card.hidden = Boolean(timer) || !atStop();
    if (card.hidden) return;
    card.replaceChildren(...(over() ? ending() : question()));
  }

  function question() {
    const name = `close${until}`;
    const lead = amountAt(course.lead.median, until);
    const reply = el("p", { "aria-live": "polite" }, get(name) ? say(`story.closed_${get(name)}`) : "");
    const choice = (value) => button(say(`story.close_${value}`), () => { set({ [name]: value }); face(); },
      { "aria-pressed": `${get(name) === value}`, [`data-close-${value}`]: true });
    return [el("h3", {}, say("story.stop", { after: span(until) })), el("p", { class: "lead" }, leadWords(course, until)),
      el("p", {}, say(lead < 0 ? "story.close" : "story.close_one")), el("div", { class: "row" }, choice("yes"), choice("no")), reply];
  }

  function ending() {
    const rows = data.bets.map((month) => {
      const [mine, right] = [bet(month), truth(course, month)];
      return [span(month), sideWords(right), !mine ? "–" : el("span", { class: mine === right ? "right" : "wrong",
        "data-bet": mine === right ? "right" : "wrong" }, `${mine === right ? "✓" : "✗"} ${sideWords(mine)}`)];
    });
    const details = el("details", { open: sure, ontoggle: () => { if (sure !== details.open) { sure = details.open; show(); } } },
      el("summary", {}, say("story.sure")), ...data.bets.flatMap((month) => howSure(course, month).slice(0, 2)),
      ...howSure(course, data.months).slice(2), el("p", { class: "soft" }, say("story.sure_band", { band: data.band })));
    return [el("h3", {}, say("story.ended", { after: span(data.months) })), el("p", { class: "lead" }, leadWords(course, data.months)),
      table(say("story.settled"), [say("story.head_after"), say("story.head_ahead"), say("story.head_bet")], rows), details];
  }

  watch([...data.bets.map((month) => `bet${month}`), "unbet"], () => {
    const open = allBets() || get("unbet") === "yes";
    gate.hidden = open;
    race.hidden = !open;
    face();
  });
  watch(["seen"], () => { if (!timer && +get("seen") !== until) { until = +get("seen"); face(); } });
  root.addEventListener("left", pause);
  addEventListener("visibilitychange", () => { if (document.hidden) pause(); });
  control = (event) => {
    if (!["PageDown", "ArrowRight"].includes(event.key) || race.hidden || over()) return;
    event.preventDefault();
    if (!timer) start();
  };
}

// A presenter's "next" lets the race go on until it is over.
export const raceKey = (event) => control?.(event);
