// The exchange matrix: shares of all conversations by their end, for both sides.

import { capital, el, span, svg, table } from "./dom.js";
import { arm, named, swatch } from "./marks.js";
import { data, exchanges, repeat, runsOf, waiting } from "./source.js";
import { MARKET, contrast, state, watch } from "./state.js";

const CELLS = [
  ["Both win", ["win_win", "win_win_win"], 0, 0], ["Seller wins, customer loses", ["win_lose"], 1, 0],
  ["Customer wins, seller loses", ["lose_win"], 0, 1], ["Both lose", ["lose_lose"], 1, 1],
];
const ENDS = { declined: "customer says no", walked_away: "seller walks away", referred: "rival recommended",
  turned_away: "no time for them" };

const share = (shares, names) => names.reduce((sum, name) => sum + shares[data.outcomes.indexOf(name)], 0);
const percent = (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)}%`;

// Hatches keep the squares apart without colour.
const hatch = (id, colour, path) => svg("pattern", { id, width: 12, height: 12, patternUnits: "userSpaceOnUse" },
  svg("rect", { width: 12, height: 12, fill: colour }),
  path ? svg("path", { d: path, stroke: "#000", "stroke-width": 1.5, fill: "none" }) : null);

const HATCHES = { win_win: "", win_lose: "M0,0L12,12", lose_win: "M12,0L0,12", lose_lose: "M0,0L12,12M12,0L0,12" };

let drawn = 0;

function matrix(name) {
  const id = `hatch-${(drawn += 1)}`; // names hold for the whole page: a second matrix must not borrow from a hidden one
  const shares = exchanges(state, name);
  const [size, edge] = [172, 26];
  const words = [];
  const box = svg("svg", { viewBox: `0 0 ${2 * size} ${2 * size + 2 * edge}`, role: "img" },
    svg("defs", {}, ...Object.entries(HATCHES).map(([kind, path]) =>
      hatch(`${id}-${kind}`, data.exchange[kind], path))));
  for (const [title, kinds, column, row] of CELLS) {
    const value = share(shares, kinds);
    const side = (size - 72) * Math.sqrt(Math.min(value, 50) / 50);
    const [x, y] = [column * size, row * (size + edge)];
    const [first, second] = title.split(", ");
    box.append(
      svg("rect", { x: x + 3, y: y + 3, width: size - 6, height: size + edge - 6, class: "cell" }),
      svg("rect", { x: x + size / 2 - side / 2, y: y + 54 + (size - 72 - side) / 2, width: side, height: side,
        fill: `url(#${id}-${kinds[0]})`, stroke: "#222" }),
      svg("text", { x: x + size / 2, y: y + 23, "text-anchor": "middle" }, first),
      second ? svg("text", { x: x + size / 2, y: y + 43, "text-anchor": "middle" }, second) : "",
      svg("text", { x: x + size / 2, y: y + size + edge - 12, "text-anchor": "middle", class: "value" },
        percent(value)));
    words.push(`${title}: ${percent(value)}`);
  }
  box.setAttribute("aria-label", words.join("; "));
  const none = Object.keys(ENDS).filter((end) => share(shares, [end]) > 0);
  return el("figure", { class: "panel" }, el("figcaption", {}, swatch(name), named(name)), box,
    table(`Without a deal: ${arm(name).words}`, ["", "of all conversations"], [
      ["No deal", percent(share(shares, Object.keys(ENDS)))],
      ...none.map((end) => [capital(ENDS[end]), percent(share(shares, [end]))])]),
    el("p", { "data-repeat": true }, el("b", {}, `${percent(repeat(state, name))} of the revenue`),
      " comes from customers who had bought before."));
}

export function mountExchange(place) {
  const panels = el("div", { class: "panels" });
  const said = el("p", { class: "now" });
  place.append(said, panels);
  watch(["horizon", ...MARKET], () => {
    const there = contrast().sides.every((name) => exchanges(state, name));
    panels.replaceChildren(...(there ? contrast().sides.map(matrix) : []));
    said.textContent = there
      ? `How conversations ended in the first ${span(state.horizon)}, mean of ${runsOf(state)} runs.`
      : `${waiting()} The exchanges are shown when the runs are finished.`;
  });
}
