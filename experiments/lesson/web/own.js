// What the live page alone has: strategies, numbers and luck of the reader's own, other markets, and files.

import { button, el } from "./dom.js";
import { begin } from "./main.js";
import { more } from "./sandbox.js";
import { declare, get, usual, watch } from "./state.js";
import { data, market } from "./stored.js"; // in this page live.js stands there
import { say } from "./words.js";

const { fewest, most, numbers, scenario, scenarios, sells, strategies } = data.live;

declare("ours", sells[0], Object.keys(strategies));
declare("theirs", sells[1], Object.keys(strategies));
const wholeUpTo = (least, greatest) => (value) => /^\d+$/.test(value) && +value >= least && +value <= greatest;
declare("seed", "0", wholeUpTo(0, most.seed));
declare("runs", `${data.about.seeds}`, wholeUpTo(1, most.runs));
const paths = numbers.map(({ path }) => path);
declare("set", "", (text) => text.split(",").every((one) => paths.includes(one.split("=")[0])));

// Numbers of the reader's own: pairs of path and value.
const changes = () => (get("set") ? get("set").split(",").map((one) => one.split("=")) : []);

more.names = ["ours", "theirs", "seed", "runs", "set"];
more.ask = () => [...["ours", "theirs", "seed", "runs"].map((name) => [name, get(name)]),
  ...changes().map(([path, value]) => ["set", `${path}=${value}`])];

const field = (title, ...parts) => el("fieldset", {}, el("legend", {}, title), ...parts);

function choice(name, change) {
  const help = el("p", { class: "soft" });
  const select = el("select", { "aria-label": say(`own.${name}`), "data-sells": name, onchange: () => change({ [name]: select.value }) },
    ...Object.keys(strategies).map((one) => el("option", { value: one }, one)));
  watch([name], () => { select.value = get(name); help.textContent = strategies[get(name)]; });
  return field(say(`own.${name}`), select, help);
}

function luck(change) {
  const box = (name, least, greatest) => {
    const input = el("input", { type: "number", min: least, max: greatest, step: 1, required: true, "data-luck": name,
      onchange: () => { if (input.reportValidity()) change({ [name]: input.value }); } });
    watch([name], () => { input.value = get(name); });
    return el("label", {}, say(`own.${name}`), " ", input);
  };
  return field(say("own.luck"), el("p", { class: "soft" }, say("own.luck_help", { n: fewest })),
    el("div", { class: "row" }, box("seed", 0, most.seed), box("runs", 1, most.runs)));
}

function anyNumber(change) {
  const place = el("div");
  const put = (pairs) => change({ set: pairs.map((pair) => pair.join("=")).join(",") });
  const without = (path) => changes().filter(([one]) => one !== path);
  const pick = el("select", { "aria-label": say("own.number"), "data-pick": true, onchange: () => {
    const { path, value } = numbers.find((one) => one.path === pick.value);
    pick.value = "";
    put([...without(path), [path, value]]);
    place.querySelector(`[data-number="${path}"]`).focus();
  } }, el("option", { value: "" }, "…"), ...paths.map((path) => el("option", { value: path }, path)));
  const row = ([path, value]) => {
    const { value: own, meaning, permitted } = numbers.find((one) => one.path === path);
    const input = el("input", { value, "aria-label": path, "data-number": path, autocomplete: "off",
      onchange: () => put(changes().map((pair) => (pair[0] === path ? [path, input.value.trim().replaceAll(",", ".")] : pair))) });
    return el("div", { class: "number" }, el("label", {}, path, " ", input),
      el("p", { class: "soft" }, say("own.number_help", { meaning: meaning.replace(/\.$/, ""), permitted: permitted || "–", usual: own })),
      button(say("own.back"), () => put(without(path)), { "aria-label": `${path}: ${say("own.back")}` }));
  };
  // The rows stay as they are while only a value changes: the keyboard keeps its place.
  let shown = null;
  watch(["set"], () => {
    const now = changes().map(([path]) => path).join();
    if (now !== shown) place.replaceChildren(...changes().map(row));
    shown = now;
    for (const [path, value] of changes()) place.querySelector(`[data-number="${path}"]`).value = value;
  });
  return field(say("own.number"), place, pick);
}

function other() {
  const select = el("select", { "aria-label": say("own.scenario"), "data-scenario": true },
    ...scenarios.map((one) => el("option", { value: one, selected: one === scenario }, one)));
  const months = el("input", { type: "number", min: 1, max: most.months, step: 1, required: true, value: data.months, "data-months": true });
  const open = () => {
    if (!months.reportValidity()) return;
    const asked = new URLSearchParams([["scenario", select.value], ["months", months.value]]);
    location.href = `/?${asked}${select.value === scenario ? location.hash : "#sandbox"}`; // the same market keeps the choices
  };
  return field(say("own.other"), el("div", { class: "row" }, el("label", {}, say("own.scenario"), " ", select),
    el("label", {}, say("own.months"), " ", months), button(say("own.open"), open, { "data-open": true })));
}

function files() {
  const place = el("ul");
  const copied = el("span", { role: "status" });
  const copy = button(say("own.copy"), async () => {
    await navigator.clipboard.writeText(location.href);
    copied.textContent = say("own.copied");
  }, { "data-copy": true });
  watch([...data.sandbox.dials.map(({ key }) => key), ...more.names], () => {
    const asked = new URLSearchParams([...market(), ...data.sandbox.dials.map(({ key }) => [key, get(key)]), ...more.ask()]);
    copied.textContent = "";
    place.replaceChildren(el("li", {}, el("a", { href: `monthly.csv?${asked}`, download: "", "data-csv": true }, say("own.csv"))),
      el("li", {}, el("a", { href: `scenario.toml?${asked}`, download: "", "data-toml": true }, say("own.toml"))));
  });
  return field(say("own.files"), place, el("div", { class: "row" }, copy, copied));
}

more.panel = (change) => el("details", { class: "own", "data-own": true, open: more.names.some((name) => get(name) !== usual(name)) },
  el("summary", {}, say("own.title")), choice("ours", change), choice("theirs", change), luck(change), anyNumber(change), other(), files());

begin();

export const begun = true;
