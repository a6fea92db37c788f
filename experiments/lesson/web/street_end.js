// The end of the street: ten years of one's own beside ten fixed ways, and the markets in which the best one changes.

import { button, el, money, short, svg, table } from "./dom.js";
import { say } from "./words.js";

const OURS = "team-honest";
const [LEFT, RIGHT, TOP, LOW] = [74, 16, 18, 40];

export const wayOf = (way) => say(`street.${way}`);
export const nameOf = (policy) => {
  const [together, way] = policy.split("-");
  return say("street.policy", { way: wayOf(way), together: say(`street.together_${together}`) });
};

// Round numbers between two, some five of them.
function ticks(low, high) {
  const rough = (high - low) / 5;
  const step = [1, 2, 5, 10].map((k) => k * 10 ** Math.floor(Math.log10(rough))).find((k) => k >= rough);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
  return found;
}

// The chart: months across, profit so far per head upwards.
function chart(street, mine, label, wide) {
  const tall = Math.max(300, Math.min(420, 0.5 * wide));
  const months = 12 * street.years;
  const curves = Object.entries(street.constant).map(([policy, { curve }]) => [policy, [0, ...curve]]);
  const all = [0, ...mine, ...curves.flatMap(([, curve]) => curve)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = (month) => LEFT + (month / months) * (wide - LEFT - RIGHT);
  const y = (amount) => TOP + ((high - amount) / (high - low || 1)) * (tall - TOP - LOW);
  const line = (curve, name) => svg("polyline", { class: name, points: curve.map((amount, k) => `${x(k)},${y(amount)}`).join(" ") });
  const end = (curve, name) => svg("circle", { class: name, cx: x(curve.length - 1), cy: y(curve.at(-1)), r: 6 });
  const rest = curves.filter(([policy]) => policy !== OURS);
  const ours = curves.find(([policy]) => policy === OURS)[1];
  return svg("svg", { viewBox: `0 0 ${wide} ${tall}`, role: "img", "aria-label": label, class: "street-chart" },
    ...ticks(low, high).map((at) => svg("g", { class: at === 0 ? "street-zero" : "street-grid" },
      svg("line", { x1: LEFT, x2: wide - RIGHT, y1: y(at), y2: y(at) }),
      svg("text", { x: LEFT - 8, y: y(at) + 6, "text-anchor": "end" }, short(at)))),
    ...Array.from({ length: street.years / 2 + 1 }, (_, k) => svg("text",
      { x: x(24 * k), y: tall - 12, "text-anchor": "middle" }, k ? `${2 * k}` : `${say("street.year")} 0`)),
    ...rest.map(([policy, curve]) => line(curve, `street-other${policy.startsWith("alone") ? " street-alone" : ""}`)),
    line(ours, "street-ours"), end(ours, "street-ours-end"), line(mine, "street-mine"), end(mine, "street-mine-end"));
}

const legend = () => el("ul", { class: "street-legend" }, ...[["mine", say("street.you")], ["ours", nameOf(OURS)],
  ["other", say("street.others_team")], ["other street-alone", say("street.others_alone")]].map(([name, words]) => el("li", {},
  svg("svg", { viewBox: "0 0 40 10", width: 40, height: 10, "aria-hidden": "true" },
    svg("polyline", { class: `street-${name}`, points: "0,5 40,5" })), words)));

const yearOf = (month) => Math.ceil(month / 12);

// The ten fixed ways in this town, the best first.
function ranking(street) {
  const rows = Object.entries(street.constant).sort(([, one], [, other]) => other.curve.at(-1) - one.curve.at(-1))
    .map(([policy, { curve, failed }]) => [nameOf(policy), money(curve.at(-1)),
      failed ? say("street.failed_year", { year: yearOf(failed) }) : ""]);
  const heads = ["way", "end", "failed"].map((column) => say(`street.column_${column}`));
  return el("details", {}, el("summary", {}, say("street.all_ten")), table(say("street.all_ten"), heads, rows));
}

// Ten years: one's own curve goes on beside the others. `mine` is the curve, `failed` the month of the failure or null.
export function ending(street, game, mine, failed, wide, go) {
  const { curve: ours } = street.constant[OURS];
  const same = game.together === "team" && game.ways.every((way) => way === "honest");
  const you = failed ? say("street.end_you_broke", { year: yearOf(failed) }) : say("street.end_you", { money: money(mine.at(-1)) });
  const them = same ? say("street.end_same") : say("street.end_ours", { money: money(ours.at(-1)) });
  return [
    el("p", { class: "street-result" }, el("b", { "data-end": mine.at(-1) }, you), ` ${them}`),
    chart(street, [0, ...mine], say("street.chart", { you, ours: them }), wide),
    legend(),
    ranking(street),
    street.markets ? button(say("street.always"), go, { class: "main", "data-markets": true }) : null,
  ];
}

function verdict(policies) {
  const others = Object.entries(policies).filter(([policy]) => policy !== OURS);
  const [ahead, behind] = [1, -1].map((sign) => others.filter(([, one]) => one.sign === sign).map(([policy]) => policy));
  const words = say("street.verdict", { ahead: ahead.length, behind: behind.length, others: others.length });
  return behind.length ? `${words} ${say("street.behind_list", { ways: behind.map(nameOf).join("; ") })}` : words;
}

function numbers(policies, towns) {
  const rows = Object.entries(policies).sort(([, one], [, other]) => other.median - one.median).map(([policy, one]) => [
    nameOf(policy), money(one.median), one.failed ? say("street.towns_failed", { n: one.failed, all: towns }) : "",
    ...(policy === OURS ? ["", ""] : [say("street.of", { n: one.ahead, all: towns }),
      `${money(one.value)} (${say("street.between", { low: money(one.low), high: money(one.high) })})`])]);
  const heads = ["way", "median", "failed", "ahead", "gap"].map((column) => say(`street.column_${column}`));
  return el("details", {}, el("summary", {}, say("street.details")), table(say("street.details"), heads, rows));
}

// Where honest teamwork wins and where not: one market at a time.
export function markets(street, back) {
  const result = el("div", { role: "status" });
  const pick = (name) => {
    for (const one of choices) one.setAttribute("aria-pressed", String(one.dataset.market === name));
    const help = name === "usual" ? null : el("p", {}, say(`street.market_${name}_help`));
    result.replaceChildren(...[help, el("p", { class: "street-result", "data-verdict": name }, verdict(street.markets[name])),
      numbers(street.markets[name], street.towns)].filter(Boolean));
  };
  const choices = Object.keys(street.markets).map((name) => button(say(`street.market_${name}`), () => pick(name),
    { "data-market": name, "aria-pressed": "false" }));
  pick(Object.keys(street.markets)[0]);
  return [el("p", {}, say("street.markets_intro", { towns: street.towns })), el("div", { class: "street-row" }, ...choices), result,
    button(say("street.to_the_end"), back, { "data-back-to-end": true })];
}
