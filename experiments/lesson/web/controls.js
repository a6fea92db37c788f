// Dials and choices. A change from the default is marked and can be undone.

import { button, el, span } from "./dom.js";
import { named, swatch } from "./marks.js";
import { data, runsOf } from "./source.js";
import { changed, contrast, defaults, set, state, watch } from "./state.js";

const CHOICES = {
  contrast: {
    title: "The pair",
    help() {
      const [left, right] = contrast().sides;
      return [swatch(left), named(left), "against", swatch(right), named(right)];
    },
    options: data.contrasts.map((one) => [one.key, one.short]),
  },
  where: {
    title: "Where they sell",
    help: () => [data.wheres.find((one) => one.key === state.where).help],
    options: data.wheres.map((one) => [one.key, one.title]),
  },
};

const SLIDERS = {
  ...Object.fromEntries(data.dials.map((dial) => [dial.key, {
    title: dial.title, help: dial.help, values: () => dial.levels.map((_, level) => level),
    say: (level) => dial.levels[level],
  }])),
  horizon: {
    title: "Horizon", help: "The time after which the sides are compared.", values: () => data.horizons, say: span,
  },
  luck: {
    title: "Luck", help: "All runs together, or one run alone. Both sides have the same luck.",
    values: () => [-1, ...Array(runsOf(state)).keys()],
    say: (run) => (run < 0 ? `median of ${runsOf(state)} runs` : `run ${run + 1} alone`),
  },
};

// Choices of the live market alone, named and put back with the rest.
const OWN = data.live ? {
  own: () => Object.entries(state.own).map(([path, value]) => `${path} (${value})`).join(", "),
  seed: () => `Seed (${state.seed})`, runs: () => `Runs (${state.runs})`,
} : {};

// Other choices that change a control.
const WITH = { contrast: ["contrast", "mix"], luck: ["luck", "runs"] };

let count = 0;

function putBack(key, title) {
  return button("Back to default", () => set({ [key]: defaults[key] }),
    { class: "small", "data-back": key, "aria-label": `${title}: back to default` });
}

function slider(key) {
  const { title, help, values, say } = SLIDERS[key];
  const id = `dial-${(count += 1)}`;
  const shown = el("output", { for: id });
  const input = el("input", {
    type: "range", id, min: 0, max: values().length - 1, step: 1, "data-dial": key,
    "aria-describedby": `${id}-help`,
    oninput: () => set({ [key]: values()[+input.value] }),
  });
  const back = putBack(key, title);
  const box = el("div", { class: "dial" },
    el("label", { for: id }, title), shown, input,
    el("p", { class: "help", id: `${id}-help` }, help), back);
  return { box, back, show() {
    input.max = values().length - 1;
    input.value = values().indexOf(state[key]);
    shown.textContent = say(state[key]);
    input.setAttribute("aria-valuetext", say(state[key]));
  } };
}

function choice(key) {
  const { title, help, options } = CHOICES[key];
  const id = `dial-${(count += 1)}`;
  const input = el("select", { id, "data-dial": key, onchange: () => set({ [key]: input.value }) },
    ...options.map(([value, text]) => el("option", { value }, text)));
  const back = putBack(key, title);
  const more = el("p", { class: "help sides" });
  const box = el("div", { class: "dial choose" }, el("label", { for: id }, title), input, more, back);
  return { box, back, show() {
    input.value = state[key];
    more.replaceChildren(...help());
  } };
}

function mount(place) {
  const keys = place.dataset.controls.split(" ");
  for (const key of keys) {
    const control = (key in CHOICES ? choice : slider)(key);
    place.append(control.box);
    watch(WITH[key] ?? [key], () => {
      control.show();
      control.box.classList.toggle("changed", changed(key));
      control.back.hidden = !changed(key);
    });
  }
  if (keys.length < 2) return;
  // Dials of other parts act here too: they are named, and put back with the rest.
  const every = Object.keys({ ...CHOICES, ...SLIDERS, ...OWN });
  const elsewhere = el("p", { class: "help choose", "data-elsewhere": true });
  const all = button("Everything back to default",
    // The reader's own sales forces are no change while others race, yet go back with the rest.
    () => set(Object.fromEntries([...every, ...(data.live ? ["mix"] : [])].map((key) => [key, defaults[key]]))),
    { class: "all", "data-back": "all" });
  place.append(elsewhere, all);
  watch(every, () => {
    const hidden = every.filter((key) => !(key in CHOICES) && !keys.includes(key) && changed(key));
    elsewhere.textContent = hidden.length ? `Also changed: ${hidden.map((key) => (key in OWN ? OWN[key]()
      : `${SLIDERS[key].title} (${SLIDERS[key].say(state[key])})`)).join(", ")}.` : "";
    elsewhere.hidden = !hidden.length;
    all.disabled = !every.some(changed);
  });
}

export function startControls() {
  for (const place of document.querySelectorAll("[data-controls]")) mount(place);
}

