// Reading results, from either source.

import { cell, first, picture, runs, said, street, waits, year } from "./stored.js";

export const data = first.data;

// The choices with which the page opens, if not the defaults.
export const begin = first.state;

// Gives the street, or a year of it, to a function as soon as it is there, or the reason why there is none to another.
export const withStreet = (take, refuse) => street(take, refuse);
export const withYear = (found, path, take, refuse) => year(found, path, take, refuse);

export const pictureOf = (state) => picture(state);
export const runsOf = (state) => runs(state);
export const wordsOf = (state, pair) => said(state, pair);

// The words where there is no result.
export const waiting = () => waits();

const found = (state, arm) => cell(state)?.arms[state.where]?.[arm];

// Cumulative profit of one arm from month 0 on: the line to draw, and its band if it is a median.
export function path(state, arm) {
  const one = found(state, arm);
  const from0 = (numbers) => [0, ...(numbers ?? [])];
  if (!one) return { line: [0] };
  if (state.luck >= 0) return { line: from0(one.runs[state.luck]) };
  return { line: from0(one.median), low: from0(one.low), high: from0(one.high) };
}

// Percent of conversations by the way they ended; nothing while the runs are not at their end.
export const exchanges = (state, arm) => found(state, arm)?.exchanges?.[state.horizon];

// Percent of the revenue that came from customers who had bought before.
export const repeat = (state, arm) => found(state, arm)?.repeat?.[state.horizon];

// The paired difference left − right at a horizon; nothing while the runs are not at their end.
export const difference = (state, horizon) => cell(state)?.differences?.[state.where]?.[state.contrast]?.[horizon];
