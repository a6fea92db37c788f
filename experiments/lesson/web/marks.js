// The look of an arm: colour, shape, line; herds solid and filled, singletons dashed and hollow.

import { el, svg } from "./dom.js";
import { data } from "./source.js";
import { state, watch } from "./state.js";

// There are fewer colours than strategies. Among the reader's own sales forces no two strategies share one:
// the first keeps its colour, a later one gets a free colour.
const COLOURS = [...new Map(Object.values(data.arms).map(({ colour, dark }) => [colour, dark]))].reverse();
let own = {};

watch(["mix"], () => {
  own = {};
  const taken = new Map(); // colour to strategy
  const looks = (state.mix ?? []).map(([strategy, organisation]) => [strategy, data.arms[`${strategy}-${organisation}`]]);
  const wanted = new Set(looks.map(([, look]) => look.colour));
  for (const [strategy, { colour }] of looks) {
    if ([...taken.values()].includes(strategy)) continue; // alone and in herds a strategy has one colour
    if (!taken.has(colour)) { taken.set(colour, strategy); continue; }
    const [free, dark] = COLOURS.find(([one]) => !taken.has(one) && !wanted.has(one));
    taken.set(free, strategy);
    for (const organisation of data.live.organisations) {
      const name = `${strategy}-${organisation}`;
      own[name] = { ...data.arms[name], colour: free, dark };
    }
  }
});

export const arm = (name) => own[name] ?? data.arms[name];

// Corners of the shapes that have some, for a radius of 1; named as in the figures.
const CORNERS = {
  "^": [[0, -1.15], [1.1, 0.8], [-1.1, 0.8]], v: [[0, 1.15], [1.1, -0.8], [-1.1, -0.8]],
  s: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]], D: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  P: [[-0.4, -1.1], [0.4, -1.1], [0.4, -0.4], [1.1, -0.4], [1.1, 0.4], [0.4, 0.4], [0.4, 1.1], [-0.4, 1.1],
    [-0.4, 0.4], [-1.1, 0.4], [-1.1, -0.4], [-0.4, -0.4]],
};
CORNERS.X = CORNERS.P.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]);

// A path of the arm's shape around 0, 0.
export const shape = (marker, r) => (marker in CORNERS
  ? `M${CORNERS[marker].map((corner) => corner.map((at) => at * r)).join("L")}Z`
  : `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`);

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
