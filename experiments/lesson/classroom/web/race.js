// The race of the class: profit so far of every seat as a thin line, of the groups as bold ones with their names.

import { money, short, svg } from "./dom.js";
import { data, say } from "./words.js";

const HEIGHT = 690, LEFT = 110, RIGHT = 480, TOP = 24, BOTTOM = 60, LETTERS = 30, APART = 38;
const LOOKS = { "class-alone": "loner", "class-herd": "herd", "collaborative-herd": "good", "adversarial-singleton": "bad" };

// Whole numbers at nice distances that span two values.
function ticks(low, high) {
  const rough = (high - low || 1) / 4, size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * size).find((n) => n >= rough);
  const found = [];
  for (let at = Math.floor(low / step) * step; found.length < 2 || found.at(-1) < high; at += step) found.push(at);
  return found;
}

// The names at the ends of the lines, moved until none covers another.
function labels(ends) {
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  sorted.forEach((one, i) => { one.at = Math.max(one.y, i ? sorted[i - 1].at + APART : TOP + LETTERS / 2); });
  const over = Math.max(0, (sorted.at(-1)?.at ?? 0) - (HEIGHT - BOTTOM));
  for (const one of sorted) one.at -= over;
  return sorted;
}

// Parts of a line between months without anybody.
function stretches(line) {
  const found = [];
  line.forEach((value, i) => {
    if (value === null) return;
    if (i && line[i - 1] !== null && found.length) found.at(-1).push([i + 1, value]);
    else found.push([[i, i ? line.slice(0, i).findLast((x) => x !== null) ?? 0 : 0], [i + 1, value]]);
  });
  return found;
}

// Draws the race, so wide in units of its letters.
export function race({ seats, lines }, years, width) {
  const months = 12 * years, names = data.groups.concat(data.town).filter((name) => lines[name]?.some((x) => x !== null));
  const all = [0, ...seats.flat(), ...names.flatMap((name) => lines[name].filter((x) => x !== null))];
  const levels = ticks(Math.min(...all), Math.max(...all));
  const [low, high] = [levels[0], levels.at(-1)];
  const x = (month) => LEFT + (width - LEFT - RIGHT) * month / months;
  const y = (value) => TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low || 1);
  const path = (points) => points.map(([m, v], i) => `${i ? "L" : "M"}${x(m).toFixed(1)},${y(v).toFixed(1)}`).join("");
  const played = Math.max(0, ...names.map((name) => lines[name].length));
  const ends = labels(names.map((name) => {
    const value = lines[name].findLast((v) => v !== null);
    return { name, value, y: y(value) };
  }));
  const text = names.map((name) => say("class.race_line",
    { name: say(`class.line_${name}`), money: money(lines[name].findLast((v) => v !== null)) })).join("; ");
  return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", class: "race", preserveAspectRatio: "xMinYMin",
    "aria-label": say("class.race_label", { years: played / 12, lines: text }) },
    ...levels.flatMap((level) => [
      svg("line", { x1: LEFT, x2: x(months), y1: y(level), y2: y(level), class: level ? "grid" : "zero" }),
      svg("text", { x: LEFT - 14, y: y(level) + 10, "text-anchor": "end" }, short(level))]),
    ...[1, Math.ceil(years / 2), years].filter((n, i, list) => list.indexOf(n) === i).map((n) =>
      svg("text", { x: x(12 * n), y: HEIGHT - 14, "text-anchor": n === years ? "end" : "middle" }, say("class.race_year", { n }))),
    ...seats.map((line) => svg("path", { d: path([[0, 0], ...line.map((v, i) => [12 * (i + 1), v])]), class: "seat" })),
    ...names.flatMap((name) => stretches(lines[name]).flatMap((points) => {
      const before = points.filter(([m]) => m <= played - 12), latest = points.filter(([m]) => m >= played - 12);
      return [before.length > 1 ? svg("path", { d: path(before), class: `line ${LOOKS[name]}` }) : null,
        latest.length > 1 ? svg("path", { d: path(latest), class: `line latest ${LOOKS[name]}` }) : null];
    })),
    ...ends.flatMap(({ name, at, y: end, value }) => [
      svg("path", { d: `M${x(played) + 4},${end}L${x(months) + 12},${at}`, class: `lead ${LOOKS[name]}` }),
      svg("text", { x: x(months) + 18, y: at + 10, class: `name ${LOOKS[name]}` }, `${say(`class.line_${name}`)} ${short(value)}`)]));
}
