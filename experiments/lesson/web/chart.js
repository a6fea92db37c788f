// The lead over the years: the main line, the levels of both sides behind it, and a former curve as a ghost.

import { el, money, short, span, svg } from "./dom.js";
import { saving } from "./save.js";
import { data } from "./stored.js";
import { say } from "./words.js";

// Whole steps of a scale.
export function ticks(low, high, about) {
  const rough = (high - low) / about || 1;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * [1, 2, 5, 10].find((factor) => factor * size >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
  return found;
}

// The size of letters in drawings. Unit: pixels.
export const letters = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

const from0 = (line) => [0, ...line];

// A line up to a month: points of month and amount; between two quarters it is straight.
function upTo(line, until) {
  const { quarters } = data;
  const points = quarters.slice(0, line.length).map((month, i) => [month, line[i]]).filter(([month]) => month <= until);
  const i = points.length;
  if (i && i < line.length && points[i - 1][0] < until) {
    const part = (until - quarters[i - 1]) / (quarters[i] - quarters[i - 1]);
    points.push([until, line[i - 1] + part * (line[i] - line[i - 1])]);
  }
  return points;
}

// The amount of a line at a month; nothing where the runs have not come so far.
export const amountAt = (line, month) => from0(line)[data.quarters.indexOf(month)];

// The lead at every bet up to a month, in words.
export function spoken(course, until) {
  const found = data.bets.filter((month) => month <= until && amountAt(course.lead.median, month) !== undefined);
  return found.map((month) => leadWords(course, month)).join(" ") || say("chart.begins");
}

export function leadWords(course, month) {
  const lead = amountAt(course.lead.median, month);
  const key = lead > 0 ? "chart.team_leads" : lead < 0 ? "chart.one_leads" : "chart.nobody_leads";
  return say(key, { after: span(month), amount: money(Math.abs(lead)) });
}

let drawn = 0;

// A drawing of so many pixels across.
export function drawing(wide, { course, ghost, until = data.months, sure = false, tall, name }, em = letters() * 0.9) {
  const high = tall ?? Math.max(250, Math.min(letters() * 20, wide * 0.5, innerHeight * 0.42));
  const [left, right, top, bottom] = [3.6 * em, 1.2 * em, 0.6 * em, 2.9 * em];
  const all = [course.lead.median, course.ours, course.theirs, ...(sure ? [course.lead.low, course.lead.high] : []),
    ...(ghost ? [ghost.lead.median] : [])].flat();
  const [least, most] = [Math.min(0, ...all), Math.max(0, ...all)];
  const x = (month) => left + ((wide - left - right) * month) / data.months;
  const y = (amount) => top + ((high - top - bottom) * (most - amount)) / (most - least || 1);
  const path = (points) => `M${points.map(([month, amount]) => `${x(month).toFixed(1)},${y(amount).toFixed(1)}`).join("L")}`;
  const line = (series, kind) => svg("path", { d: path(upTo(from0(series), until)), class: kind });
  const id = `clip-${(drawn += 1)}`;
  const chart = svg("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img",
    "aria-label": `${name ?? say("chart.name")}. ${spoken(course, until)}` });
  for (const at of ticks(least, most, high < 240 ? 3 : 5)) {
    chart.append(svg("path", { d: `M${left},${y(at)}H${wide - right}`, class: at === 0 ? "zero" : "grid" }),
      svg("text", { x: left - 0.5 * em, y: y(at) + 0.35 * em, "text-anchor": "end", class: "muted" }, short(at)));
  }
  const years = data.months / 12;
  const every = Math.max(1, Math.ceil(years / (wide > 34 * em ? 10 : 5)));
  for (let year = 0; year <= years; year += every) {
    chart.append(svg("text", { x: x(12 * year), y: high - bottom + 1.2 * em, "text-anchor": "middle", class: "muted" }, `${year}`));
  }
  chart.append(svg("text", { x: (left + wide - right) / 2, y: high - 0.35 * em, "text-anchor": "middle", class: "muted" }, say("chart.years")));
  const lead = upTo(from0(course.lead.median), until);
  const area = `${path(lead)}L${x(lead.at(-1)[0])},${y(0)}L${x(0)},${y(0)}Z`;
  chart.append(svg("defs", {},
    svg("clipPath", { id: `${id}-a` }, svg("rect", { x: 0, y: 0, width: wide, height: y(0) })),
    svg("clipPath", { id: `${id}-b` }, svg("rect", { x: 0, y: y(0), width: wide, height: high }))),
  svg("path", { d: area, class: "above", "clip-path": `url(#${id}-a)` }),
  svg("path", { d: area, class: "below", "clip-path": `url(#${id}-b)` }));
  if (sure) {
    const around = [...upTo(from0(course.lead.high), until), ...upTo(from0(course.lead.low), until).reverse()];
    chart.append(svg("path", { d: `${path(around)}Z`, class: "band" }));
  }
  chart.append(line(course.theirs, "level theirs"), line(course.ours, "level ours"));
  if (ghost) chart.append(svg("path", { d: path(upTo(from0(ghost.lead.median), until)), class: "ghost" }));
  chart.append(svg("path", { d: path(lead), class: "lead" }),
    svg("circle", { cx: x(lead.at(-1)[0]), cy: y(lead.at(-1)[1]), r: 0.45 * em, class: "dot" }));
  const room = (most - least) / (high - top - bottom) * 1.6 * em;
  if (most > room) chart.append(svg("text", { x: wide - right - 0.4 * em, y: y(0) - 0.5 * em, "text-anchor": "end", class: "for-ours bold halo" }, say("chart.team_side")));
  if (-least > room) chart.append(svg("text", { x: wide - right - 0.4 * em, y: y(0) + 1.2 * em, "text-anchor": "end", class: "for-theirs bold halo" }, say("chart.one_side")));
  return chart;
}

const key = (kind, text) => el("li", {}, svg("svg", { viewBox: "0 0 40 14", width: 40, height: 14, "aria-hidden": "true" },
  svg("path", { d: "M2,7H38", class: kind })), text);

function legend(place, { course, ghost, until = data.months }) {
  const end = (line) => money(upTo(from0(line), until).at(-1)[1]);
  place.replaceChildren(
    key("lead", el("span", {}, say("chart.lead"), " ", el("b", {}, end(course.lead.median)))),
    key("level ours", el("span", {}, say("chart.team"), " ", el("b", {}, end(course.ours)))),
    key("level theirs", el("span", {}, say("chart.one"), " ", el("b", {}, end(course.theirs)))),
    ...(ghost ? [key("ghost", el("span", {}, say("chart.ghost"), " ", el("b", {}, end(ghost.lead.median))))] : []));
}

// Puts a chart in a place and draws it anew whenever its size changes; `show` draws what `what` returns.
export function mountChart(place, what, { save = true } = {}) {
  const keys = el("ul", { class: "keys" });
  const box = el("div", { class: "box" });
  place.classList.add("chart");
  place.append(keys, box);
  if (save) place.append(saving(box, () => what().name ?? say("chart.name")));
  const show = () => {
    const now = what();
    if (now.course) legend(keys, now);
    box.replaceChildren(...(now.course && box.clientWidth ? [drawing(box.clientWidth, now)] : []));
  };
  let wide = 0;
  new ResizeObserver(() => { if (box.clientWidth !== wide) { wide = box.clientWidth; show(); } }).observe(box);
  addEventListener("resize", show);
  return show;
}
