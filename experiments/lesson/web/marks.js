// How an arm is drawn: colour, shape, line; herds solid and filled, singletons dashed and hollow.

import { el, svg } from "./dom.js";
import { data } from "./source.js";

export const arm = (name) => data.arms[name];

// A path of the arm's shape around 0, 0: circle or triangle.
export const shape = (marker, r) => (marker === "o"
  ? `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`
  : `M0,${-1.15 * r}L${1.1 * r},${0.8 * r}L${-1.1 * r},${0.8 * r}Z`);

export function mark(name, x, y, r) {
  const look = arm(name);
  return svg("path", {
    d: shape(look.marker, r), transform: `translate(${x},${y})`,
    fill: look.herd ? look.colour : "#fff", stroke: look.dark, "stroke-width": r / 3,
  });
}

export const lineOf = (name) => ({
  stroke: arm(name).dark, fill: "none", "stroke-width": 4, "stroke-linejoin": "round",
  "stroke-dasharray": arm(name).herd ? "none" : "12 7",
});

// A piece of the arm's line with its mark, for legends.
export const swatch = (name) => svg("svg", { viewBox: "0 0 60 24", width: 60, height: 24, "aria-hidden": "true" },
  svg("path", { d: "M2,12H58", ...lineOf(name) }), mark(name, 30, 12, 8));

export const named = (name) => el("span", { class: "named", style: `color:${arm(name).dark}` }, arm(name).words);
