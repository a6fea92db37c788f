// What the reader has chosen, in one place; whoever shows it watches it.

import { data } from "./source.js";

export const defaults = {
  contrast: data.contrasts[0].key,
  where: data.wheres[0].key,
  ...Object.fromEntries(data.dials.map((dial) => [dial.key, dial.default])),
  horizon: data.months,
  luck: -1, // -1: the median of all runs, else the number of one run
};

export const state = { ...defaults, month: 0, bets: {} };

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

export const contrast = () => data.contrasts.find((one) => one.key === state.contrast);

export const atDefaults = () =>
  ["where", ...data.dials.map((dial) => dial.key)].every((key) => state[key] === defaults[key]);

export const MARKET = ["contrast", "where", "luck", ...data.dials.map((dial) => dial.key)];
