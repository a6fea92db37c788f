// Try everything: the dials of the town beside its chart, the former curve as a ghost, and a count of finds.

import { amountAt, mountChart } from "./chart.js";
import { button, el, heading, money, span } from "./dom.js";
import { howSure } from "./story.js";
import { declare, get, set, usual, watch } from "./state.js";
import { course as askFor, data } from "./stored.js";
import { has, say } from "./words.js";

const { dials } = data.sandbox;
for (const { key, usual: value, levels } of dials) declare(key, value, levels.map((level) => level.value));

const KEYS = dials.map(({ key }) => key);

// What the live page adds: names of further choices, what they ask of the server, and a panel.
export const more = { names: [], ask: () => [], panel: null };

const names = () => [...KEYS, ...more.names];
const now = () => Object.fromEntries(names().map((name) => [name, get(name)]));
const levelsOf = (setting) => Object.fromEntries(KEYS.map((key) => [key, setting[key]]));

// The words of a level: those of its own value, if there are any, else those of its dial with its number.
function levelWords(key, { value, n }) {
  const own = `sandbox.${key}_${value.replace(".", "_")}`;
  return has(own) ? say(own) : say(`sandbox.${key}_is`, { n });
}

function dialOf({ key, levels }, change) {
  const id = `dial-${key}`;
  const shown = el("output", { for: id });
  const input = el("input", { type: "range", id, min: 0, max: levels.length - 1, step: 1, "data-dial": key,
    onchange: () => change({ [key]: levels[+input.value].value }), oninput: () => write(+input.value) });
  const write = (i) => {
    shown.textContent = levelWords(key, levels[i]);
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  const box = el("div", { class: "dial" }, el("label", { for: id }, say(`sandbox.${key}`)), input, shown);
  watch([key], () => {
    input.value = levels.findIndex(({ value }) => value === get(key));
    write(+input.value);
    box.classList.toggle("turned", get(key) !== usual(key));
  });
  return box;
}

export function startSandbox(root) {
  const place = el("div", { class: "view" });
  const said = el("p", { class: "now", role: "status" });
  const count = el("span", { class: "count", "data-count": true });
  const progress = el("progress", { "aria-label": say("sandbox.progress"), max: data.months });
  const sure = el("details", {}, el("summary", {}, say("story.sure")));
  const before = []; // settings to go back to
  const tried = new Map(); // settings with a result: the side that is clearly ahead
  let shown = { course: null };
  let ghost = null;
  let waited = null; // the setting that is shown or asked for

  const change = (changes) => { before.push(now()); set(changes); };
  const undo = button(say("sandbox.undo"), () => set(before.pop()), { "data-undo": true });
  const reset = button(say("sandbox.reset"), () => change(Object.fromEntries(names().map((name) => [name, usual(name)]))), { "data-reset": true });
  const retry = button(say("shell.retry"), () => ask(true), { class: "main", "data-retry": true });
  root.append(heading(say("sandbox.title")), el("p", { class: "task" }, el("span", {}, say("sandbox.task"), " "), count),
    el("div", { class: "bench" }, el("div", { class: "seen" }, place, said, progress, retry),
      el("div", { class: "dials" }, ...dials.map((dial) => dialOf(dial, change)), el("div", { class: "row" }, undo, reset))), sure);
  const show = mountChart(place, () => ({ ...shown, ghost, until: data.quarters[shown.course?.lead.median.length ?? 0],
    name: say("sandbox.title"), tall: innerWidth < 640 ? 190 : undefined }));

  function face({ course, finished, errors, failed, sizes }) {
    if (course) shown = { course };
    retry.hidden = !failed || Boolean(errors);
    progress.hidden = Boolean(finished || failed);
    if (course) progress.value = data.quarters[course.lead.median.length];
    if (failed) said.textContent = errors ? say("sandbox.refused", { why: errors.join("; ") }) : say("sandbox.failed", { why: say("shell.no_answer") });
    else if (!finished) said.textContent = sizes ? say("sandbox.running", sizes) : say("shell.waiting");
    else {
      tried.set(JSON.stringify(waited), course.after[data.months].sign);
      const lead = say("sandbox.lead", { after: span(data.months), amount: money(amountAt(course.lead.median, data.months)) });
      said.textContent = course.after[data.months].sign ? lead : `${lead} ${say("sandbox.unclear")}`;
      sure.replaceChildren(sure.firstChild, ...howSure(course, data.months));
    }
    said.classList.toggle("refused", Boolean(failed));
    sure.hidden = !finished;
    const found = [...tried.values()].filter((sign) => sign < 0).length;
    count.textContent = say("sandbox.count", { tried: tried.size, found });
    undo.disabled = !before.length;
    reset.disabled = names().every((name) => get(name) === usual(name));
    show();
  }

  function ask(again) {
    const wanted = now();
    if (!again && JSON.stringify(wanted) === JSON.stringify(waited)) return;
    if (shown.course && waited) ghost = shown.course.after ? shown.course : ghost;
    waited = wanted;
    face({ course: null, finished: false });
    askFor(levelsOf(wanted), face, more.ask());
  }

  if (more.panel) root.append(more.panel(change));
  watch(names(), () => ask(false));
}
