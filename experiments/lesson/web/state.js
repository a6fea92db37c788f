// The choices of the reader, in one place; controls and drawings watch it.

import { begin, data } from "./source.js";

export const defaults = {
  contrast: data.contrasts[0].key,
  where: data.wheres[0].key,
  ...Object.fromEntries(data.dials.map((dial) => [dial.key, dial.default])),
  horizon: data.months,
  luck: -1, // -1: the median of all runs, else the number of one run
  ...data.live?.defaults,
};

export const state = { ...defaults, ...begin, month: 0, bets: {}, news: 0 };

const watchers = [];

export function set(changes) {
  Object.assign(state, changes);
  if (state.month > state.horizon) state.month = state.horizon;
  for (const watcher of watchers) watcher(changes);
}

// Calls the function now, and after every change of one of the keys.
export function watch(keys, show) {
  watchers.push((changes) => keys.some((key) => key in changes) && show());
  show();
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

export const changed = (key) => !same(state[key], defaults[key]);

export function contrast() {
  const found = data.contrasts.find((one) => one.key === state.contrast);
  if (found.sides.length) return found;
  const sides = state.mix.slice(0, 2).map(([strategy, organisation]) => `${strategy}-${organisation}`);
  return { ...found, sides, title: sides.map((side) => data.arms[side].words).join(" against ") };
}

// The choices that change the market, but for the pair.
const TURNED = ["where", ...data.dials.map((dial) => dial.key), ...(data.live ? ["seed", "runs", "own"] : [])];

export const atDefaults = () => !TURNED.some(changed);

export const ASKED = ["contrast", ...TURNED, "mix"];
export const MARKET = [...ASKED, "luck", "news"];
