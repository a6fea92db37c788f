// The race: cumulative profit of both sides, as far as the clock has run.

import { el, money, short, span, svg, table } from "./dom.js";
import { arm, lineOf, mark, named, swatch } from "./marks.js";
import { mountPlayer, playing } from "./player.js";
import { data, difference, path, waiting } from "./source.js";
import { MARKET, contrast, state, watch } from "./state.js";
import { betResult, betsOpen } from "./bets.js";

// The side that is ahead at a month, and since when without a break: [0 left, 1 right or null, month].
export function lead(left, right, month) {
  const sideAt = (m) => (left[m] > right[m] ? 0 : left[m] < right[m] ? 1 : null);
  const side = sideAt(month);
  let since = month;
  while (side !== null && since > 1 && sideAt(since - 1) === side) since -= 1;
  return [month ? side : null, since];
}

function ticks(low, high, about) {
  const rough = (high - low) / about || 1;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * [1, 2, 5, 10].find((factor) => factor * size >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
  return found;
}

// The month that is drawn: that of the clock, or the last one there is.
const shown = (paths) => Math.min(state.month, ...paths.map((one) => one.line.length - 1));

const reach = (paths) => {
  const all = paths.flatMap((one) => [one.line, one.low ?? [], one.high ?? []])
    .flatMap((line) => line.slice(0, state.horizon + 1));
  return [Math.min(0, ...all), Math.max(0, ...all)];
};

function draw(place, paths) {
  const wide = place.clientWidth;
  if (!wide) return;
  const names = contrast().sides;
  const roomy = wide >= 760;
  const tall = Math.max(300, Math.min(460, wide * 0.55));
  const [left, right, top, bottom] = [68, roomy ? 26 : 18, 14, 58];
  const [low, high] = reach(paths);
  const x = (month) => left + ((wide - left - right) * month) / state.horizon;
  const y = (amount) => top + ((tall - top - bottom) * (high - amount)) / (high - low || 1);
  const chart = svg("svg", { viewBox: `0 0 ${wide} ${tall}`, width: wide, height: tall, role: "img",
    "aria-label": `Profit so far per salesperson, ${names.map((name) => arm(name).words).join(" and ")}` });
  for (const at of ticks(low, high, 5)) {
    chart.append(
      svg("path", { d: `M${left},${y(at)}H${wide - right}`, class: at === 0 ? "zero" : "grid" }),
      svg("text", { x: left - 14, y: y(at) + 6, "text-anchor": "end" }, short(at)));
  }
  const unit = state.horizon > 24 ? 12 : state.horizon > 12 ? 6 : 3;
  const every = unit * Math.ceil(state.horizon / unit / (roomy ? 10 : 5));
  for (let at = 0; at <= state.horizon; at += every) {
    chart.append(svg("text", { x: x(at), y: tall - bottom + 26, "text-anchor": "middle" },
      `${state.horizon > 24 ? at / 12 : at}`));
  }
  chart.append(svg("text", { x: (left + wide - right) / 2, y: tall - 6, "text-anchor": "middle" },
    state.horizon > 24 ? "years" : "months"));
  const month = shown(paths);
  const upTo = (line) => line.slice(0, month + 1).map((amount, m) => [x(m), y(amount)]);
  paths.forEach((one, i) => {
    if (!one.low) return;
    const around = [...upTo(one.high), ...upTo(one.low).reverse()];
    chart.append(svg("path", { d: `M${around.join("L")}Z`, fill: arm(names[i]).colour, class: "band" }));
  });
  paths.forEach((one, i) => {
    chart.append(svg("path", { d: `M${upTo(one.line).join("L")}`, ...lineOf(names[i]) }));
  });
  const [side, since] = lead(paths[0].line, paths[1].line, month);
  if (side !== null && since > 1) {
    const late = x(since) > (left + wide - right) / 2; // where there is room beside lines that fall or rise
    chart.append(
      svg("path", { d: `M${x(since)},${top}V${tall - bottom}`, class: "crossing", "data-since": since }),
      svg("circle", { cx: x(since), cy: y(paths[side].line[since]), r: 9, class: "crossing" }),
      svg("text", { x: x(since) + (late ? -12 : 12), y: late ? tall - bottom - 12 : top + 20,
        "text-anchor": late ? "end" : "start", class: "halo" }, `${roomy ? "overtakes in " : ""}month ${since}`));
  }
  paths.forEach((one, i) => {
    chart.append(mark(names[i], x(month), y(one.line[month]), 9));
  });
  place.replaceChildren(chart);
}

function legend(place, paths) {
  place.replaceChildren(...contrast().sides.map((name, i) => el("li", {},
    swatch(name), named(name), el("b", {}, money(paths[i].line[shown(paths)])))));
}

function now(paths) {
  const names = contrast().sides;
  const month = shown(paths);
  const [side, since] = lead(paths[0].line, paths[1].line, month);
  if (!state.month) return "Month 0: everybody begins with nothing. Press Play.";
  const who = side === null ? "Nobody is ahead." : `${state.luck < 0 ? "By the medians" : "In this run"} ${
    arm(names[side]).words} ${since > 1 ? `overtook in month ${since} and are ahead` : "are ahead, from the first month on"}.`;
  return `Month ${month} of ${state.horizon}. ${month < state.month ? waiting() : month ? who : ""}`;
}

// The result of all runs together at a horizon, once they have come to their end: a sentence.
export function judged(horizon) {
  const [left, right] = contrast().sides.map((name) => arm(name).words);
  const found = difference(state, horizon);
  if (!found) return null;
  const { value, low, n, sign, ahead } = found;
  const after = `After ${span(horizon)}${state.luck < 0 ? "" : `, over all ${n} runs,`}`;
  if (low === null) return `${after} ${left} are ahead in ${ahead} of ${n}. These are too few runs to rule out luck.`;
  if (!sign) return `${after} there is no clear difference.`;
  return `${after} ${sign > 0 ? left : right} are clearly ahead, by ${money(Math.abs(value))} for each salesperson.`;
}

// The same of several horizons as a table, with intervals, the count of runs, and the bets.
function resultTable(horizons) {
  const [left, right] = contrast().sides.map((name) => arm(name).words);
  const row = (horizon) => {
    const { value, low, high, n, sign, ahead } = difference(state, horizon);
    const range = (...ends) => ends.map(money).join("\u00a0to\u00a0");
    const cells = low === null ? ["too few runs to rule out luck", "", ""]
      : !sign ? ["no clear difference", "", range(low, high)]
        : sign > 0 ? [left, money(value), range(low, high)] : [right, money(-value), range(-high, -low)];
    return [span(horizon), ...cells, `${ahead} of ${n}`, betResult(horizon)];
  };
  const rows = horizons.map(row);
  const wide = rows.some((cells) => cells.at(-1)) ? 6 : 5; // a column of bets where there are any
  return table("Result of all runs together", ["After", "Ahead", "By, for each salesperson", "95% interval",
    `Runs won by ${left}`, "Your bet"].slice(0, wide), rows.map((cells) => cells.slice(0, wide)));
}

// A line beside the dials, which on a phone are far from the chart: the result at the horizon.
export function mountJudged(place) {
  watch(["horizon", "bets", ...MARKET], () => {
    place.hidden = !betsOpen() && !place.closest("#sandbox");
    place.textContent = judged(state.horizon) ?? waiting();
  });
}

export function mountRace(place) {
  const chart = el("div", { class: "chart" });
  const key = el("ul", { class: "legend" });
  const said = el("p", { class: "now", "data-now": true });
  const spoken = el("p", { class: "sr", "aria-live": "polite" }); // for screen readers
  const verdicts = el("div", { class: "verdicts" });
  place.append(key, chart);
  mountPlayer(place);
  const note = el("p", { class: "soft" });
  place.append(said, spoken, verdicts, note);
  const show = () => {
    const paths = contrast().sides.map((name) => path(state, name));
    legend(key, paths);
    draw(chart, paths);
    said.textContent = now(paths);
    note.textContent = `${state.luck < 0 ? `The line is the median of the runs, the band the middle ${data.band}% of them.`
      : "The line is one run."} ${data.conclusion.losing ?? ""}`;
    if (shown(paths) === state.month && (!playing() || state.month === state.horizon)) spoken.textContent = now(paths);
    const over = data.horizons.filter((horizon) => horizon <= Math.min(state.month, state.horizon)
      && difference(state, horizon));
    verdicts.replaceChildren(...(over.length ? [resultTable(over)] : []));
  };
  watch(["month", "horizon", "bets", ...MARKET], show);
  new ResizeObserver(show).observe(chart);
}
