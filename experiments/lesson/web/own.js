// The panel of the live market alone: sales forces, numbers and luck of the reader's own, and downloads.

import { button, el } from "./dom.js";
import { started } from "./main.js";
import { named, swatch } from "./marks.js";
import { data } from "./source.js";
import { forget, onNews, paint, run, status } from "./stored.js"; // in this page live.js stands there
import { ASKED, contrast, defaults, set, state, watch } from "./state.js";

const { fewest, herd, key, most, numbers, organisations, scenario, scenarios, strategies } = data.live;
const OWN = "own";

// -- the request, as an address ---------------------------------------------------------------------

function query() {
  const asked = new URLSearchParams({ scenario });
  if (key) asked.set("key", key);
  asked.set("months", data.months);
  for (const dial of data.dials) {
    if (state[dial.key] !== dial.default) asked.append("set", `${dial.path}=${dial.values[state[dial.key]]}`);
  }
  for (const [path, value] of Object.entries(state.own)) asked.append("set", `${path}=${value}`);
  if (state.contrast === OWN) for (const row of state.mix) asked.append("sell", row.join(":"));
  asked.set("race", contrast().sides.join(","));
  for (const name of ["where", "seed", "runs"]) asked.set(name, state[name]);
  return `${asked}`;
}

const address = () => `${location.origin}/?${query()}${location.hash}`;

let running = "", painted = "", soon = null;

function ask() {
  const asked = query();
  if (asked !== running) {
    running = asked;
    history.replaceState(null, "", address());
    run(asked, state.where);
  }
  if (location.hash === "#market" && asked !== painted) {
    painted = asked;
    paint(asked);
  }
}

// -- parts of the panel -----------------------------------------------------------------------------

const numberBox = (label, value, limits, take) => {
  const input = el("input", { type: "number", inputmode: "numeric", required: true, value, step: 1, ...limits,
    "aria-label": label, onchange: () => { if (input.reportValidity()) take(+input.value); } });
  return input;
};

const choose = (label, values, value, take) => {
  const input = el("select", { "aria-label": label, onchange: () => take(input.value) },
    ...values.map(([one, text]) => el("option", { value: one, selected: one === value }, text)));
  return input;
};

// Does something after the keyboard has moved on: Tab changes a number first, and only then goes to the next control.
const later = (act) => setTimeout(act);

// Puts other controls in a place; the keyboard stays on the control of the same name, or goes behind them.
function renew(place, ...controls) {
  later(() => {
    const at = place.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    place.replaceChildren(...controls);
    if (at) (place.querySelector(`[aria-label="${CSS.escape(at)}"]`) ?? place.nextElementSibling)?.focus();
  });
}

const box = (title, ...parts) => el("fieldset", { class: "own" }, el("legend", {}, title), ...parts);

// Own sales forces: the pair that races, and further ones in the shared market.
function sellers() {
  const place = el("div");
  const change = (mix) => set({ mix, contrast: OWN, bets: { ...state.bets, [OWN]: undefined } });
  const put = (i, part, value) => {
    const mix = state.mix.map((row) => [...row]);
    mix[i][part] = value;
    if (mix[i][1] === "herd") mix[i][2] = herd * Math.max(1, Math.round(mix[i][2] / herd));
    change(mix);
  };
  const row = ([strategy, organisation, many], i) => {
    const name = `${strategy}-${organisation}`;
    return el("div", { class: "force", "data-force": i },
      el("p", {}, swatch(name), named(name), i < 2 ? null : "compete with them"),
      choose(`Sales force ${i + 1}: how they sell`, Object.keys(strategies).map((one) => [one, one]), strategy,
        (value) => put(i, 0, value)),
      choose(`Sales force ${i + 1}: alone or in herds`, organisations.map((one) => [one,
        one === "herd" ? `in herds of ${herd}` : "alone"]), organisation, (value) => put(i, 1, value)),
      numberBox(`Sales force ${i + 1}: how many salespeople`, many,
        organisation === "herd" ? { min: herd, max: 1000, step: herd } : { min: 1, max: 1000 }, (value) => put(i, 2, value)),
      el("span", {}, "salespeople"),
      i < 2 ? null : button("Remove", () => change(state.mix.filter((_, at) => at !== i)), { "aria-label": `Remove ${name}` }),
      el("p", { class: "help" }, strategies[strategy]));
  };
  const add = button("Add a sales force", () => {
    const taken = state.mix.map(([strategy, organisation]) => `${strategy}-${organisation}`);
    const free = Object.keys(strategies).find((one) => !taken.includes(`${one}-singleton`));
    change([...state.mix, [free, "singleton", 10]]);
  }, { "data-add-force": true });
  // Begins with the pair that races, until the reader changes something; anew when all is put back.
  let begun = state.contrast === OWN ? null : state.mix;
  watch(["contrast"], () => {
    if (state.contrast === OWN || ![begun, defaults.mix].includes(state.mix)) return;
    begun = contrast().sides.map((side, i) => {
      const [, strategy, organisation] = side.match(/(.*)-(.*)/);
      return [strategy, organisation, state.mix[i][2]];
    });
    set({ mix: begun });
  });
  watch(["mix"], () => {
    renew(place, ...state.mix.map(row));
    add.disabled = state.mix.length >= most.arms;
  });
  return box("Sales forces of your own", el("p", { class: "help" }, "The first two race each other. Further ones " +
    "compete with them where all sell in one market. In markets of their own each of the two has as many salespeople as " +
    "all together. Each salesperson has as many customers as in the scenario."),
  place, add);
}

function chance() {
  const place = el("div", { class: "row" });
  watch(["seed", "runs"], () => renew(place,
    el("label", {}, "Seed ", numberBox("Seed", state.seed, { min: 0, max: most.seed }, (seed) => set({ seed, luck: -1 }))),
    el("label", {}, "Runs ", numberBox("Runs", state.runs, { min: 1, max: most.runs }, (runs) => set({ runs, luck: -1 })))));
  return box("Luck", el("p", { class: "help" }, "The first run has this seed, the next run the next seed. " +
    `The same seed gives the same luck, to the last bit. An interval takes ${fewest} runs.`), place);
}

// Any number of the scenario.
function others() {
  const place = el("div");
  const sections = Map.groupBy(numbers, ({ path }) => path.split(".")[0]);
  const pick = el("select", { "aria-label": "Change another number", "data-pick": true,
    onchange: () => {
      const number = numbers.find(({ path }) => path === pick.value);
      pick.value = "";
      set({ own: { ...state.own, [number.path]: number.value } });
      later(() => place.querySelector(`[data-number="${number.path}"]`).focus());
    } },
  el("option", { value: "" }, "Change another number …"),
  ...[...sections].map(([section, ones]) => el("optgroup", { label: section },
    ...ones.map(({ path }) => el("option", { value: path }, path)))));
  const row = ([path, value]) => {
    const { value: usual, meaning, permitted } = numbers.find((one) => one.path === path);
    const input = el("input", { value, "aria-label": path, "data-number": path, autocomplete: "off",
      onchange: () => set({ own: { ...state.own, [path]: input.value.trim() } }) });
    return el("div", { class: "dial", "data-own": path }, el("label", {}, path, " ", input),
      el("p", { class: "help" }, `${meaning.replace(/\.$/, "")}. ${permitted ? `Permitted: ${permitted}. ` : ""}Usually: ${usual}.`),
      button("Back to default", () => {
        const { [path]: _, ...rest } = state.own;
        set({ own: rest });
      }, { class: "small", "aria-label": `${path}: back to default` }));
  };
  watch(["own"], () => renew(place, ...Object.entries(state.own).map(row)));
  return box("Any number of the model", place, pick);
}

function market() {
  let chosen = scenario, months = data.months;
  const select = choose("Scenario", scenarios.map((one) => [one, one]), scenario, (value) => { chosen = value; });
  const length = numberBox("Months", months, { min: 1, max: most.months }, (value) => { months = value; });
  const open = () => {
    if (!length.reportValidity()) return;
    // The same market keeps the choices; another one has dials and numbers of its own.
    const asked = new URLSearchParams(chosen === scenario ? query() : { scenario: chosen, seed: state.seed, runs: state.runs });
    asked.set("months", months);
    location.href = `/?${asked}#sandbox`;
  };
  return box("Another market", el("p", { class: "help" }, "This opens the page anew. The same market for " +
    "another time keeps your choices. Another market begins with its own numbers."),
  el("div", { class: "row" }, el("label", {}, "Scenario ", select), el("label", {}, "Months ", length),
    button("Open", open, { "data-open": true })));
}

function takeAlong() {
  const place = el("ul");
  const copied = el("span", { "aria-live": "polite" });
  const copy = button("Copy the link to this run", async () => {
    await navigator.clipboard.writeText(address());
    copied.textContent = " Copied.";
  }, { "data-copy": true });
  watch([...ASKED], () => {
    const asked = query();
    const worlds = state.where === "shared" ? [["shared", "the market"]]
      : contrast().sides.map((side) => [side, `the market of ${data.arms[side].words}`]);
    copied.textContent = "";
    place.replaceChildren(
      el("li", {}, el("a", { href: address(), "data-link": true }, "Link to this run"), ": opens the same market, with the same luck"),
      el("li", {}, el("a", { href: `monthly.csv?${asked}`, download: "", "data-csv": true }, "Every month of every run"), " (CSV)"),
      ...worlds.map(([name, words]) => el("li", {}, el("a", { href: `scenario.toml?${asked}&market=${name}`, download: "",
        "data-toml": name }, `Scenario of ${words}`), " (TOML, for longgame simulate)")));
  });
  watch(["news"], () => { place.hidden = status().errors.length > 0; });
  return box("Take it along", place, el("div", { class: "row" }, copy, copied));
}

// -- the state of the server ---------------------------------------------------------------------------

function statusWords() {
  const { errors, finished, last, markets, months } = status();
  if (errors.length) return [el("b", {}, "This cannot be run: "), errors.join("; ")];
  if (!markets) return ["Asking for the market …"];
  const sizes = Object.values(markets).map(({ customers, salespeople }) =>
    `${customers.toLocaleString("en")} customers, ${salespeople.toLocaleString("en")} salespeople`);
  const size = [...new Set(sizes)].join(" and ");
  const each = sizes.length > 1 ? " in each of two markets" : "";
  const runs = `${state.runs} ${state.runs === 1 ? "run" : "runs"}`;
  return [`${size}${each}. ${runs}, ${finished ? "finished" : `month ${months} of ${last}`}.`];
}

const line = el("p", { id: "status", role: "status" });
const bar = el("progress", { max: data.months, "aria-label": "Months run" });
document.getElementById("main").append(el("div", { class: "status" }, line, bar));
const panel = el("details", { "data-own-market": true }, el("summary", {}, "A market of your own: sales forces, luck, " +
  "any number, downloads, a link"), sellers(), chance(), others(), market(), takeAlong());
panel.open = state.contrast === OWN || Object.keys(state.own).length > 0 || location.hash === "#sandbox";
document.getElementById("own").append(panel);

watch(["news"], () => {
  const { errors, finished, months } = status();
  line.classList.toggle("refused", errors.length > 0);
  // Screen readers report beginnings, ends and refusals, not every month.
  line.setAttribute("aria-live", finished || errors.length ? "polite" : "off");
  line.replaceChildren(...statusWords());
  bar.value = months;
  bar.hidden = finished || errors.length > 0;
});
onNews(() => set({ news: state.news + 1 }));
watch(ASKED, () => {
  clearTimeout(soon);
  if (running && query() !== running) forget();
  soon = setTimeout(ask, started && running ? 200 : 0); // a slider that is drawn passes many values
});
addEventListener("part", ask);
