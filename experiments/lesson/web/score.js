// How the reader did, beside sellers who always do the same with the same customers and the same luck.

import { el, money } from "./dom.js";
import { data } from "./source.js";
import { read, walk } from "./tree.js";

const COLUMNS = ["earned", "hours", "per hour", "deals", "customers' gain"];

// The steps of somebody who always does the same.
function always(tree, asking, choice) {
  const steps = [];
  for (let next = tree; next; next = walk(tree, steps).next) steps.push([asking, choice]);
  return steps;
}

// The most that can be earned with one customer: every path of the tree is looked at.
function best(next) {
  if (!next) return { margin: 0, steps: [] };
  let found = null;
  for (const [asking, choices] of Object.entries(next)) {
    for (const [choice, node] of Object.entries(choices)) {
      const after = best(node[2]);
      const margin = read(node).margin + after.margin;
      if (!found || margin > found.margin) found = { margin, steps: [[asking, choice], ...after.steps] };
    }
  }
  return found;
}

function row(name, each) {
  const { guests } = data.game;
  const results = each.flatMap((steps, i) => walk(guests[i].tree, steps).nodes.map(read));
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  const [margin, minutes] = [sum("margin"), sum("minutes")];
  return el("tr", {}, el("th", { scope: "row" }, name), ...[
    money(margin), money(minutes / 60), money((60 * margin) / minutes), `${results.filter((one) => one.price).length}`,
    money(sum("gain")),
  ].map((text, i) => el("td", { "data-is": COLUMNS[i] }, text)));
}

export function compare(done) {
  const trees = data.game.guests.map(({ tree }) => tree);
  const rows = [
    ["You", done],
    ["Always ask, always honest", trees.map((tree) => always(tree, "ask", "honest"))],
    ["Never ask, always hard sell", trees.map((tree) => always(tree, "skip", "hard"))],
    ["The most anybody could earn", trees.map((tree) => best(tree).steps)],
  ];
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "How you did" },
    el("table", { "data-compare": true },
      el("caption", {}, "The same customers, the same luck for everybody. Do not conclude from it: three customers and a " +
        "few months prove nothing. The next parts show thousands, over ten years."),
      el("thead", {}, el("tr", {}, ...["", ...COLUMNS]
        .map((text) => el("th", { scope: "col" }, text)))),
      el("tbody", {}, ...rows.map(([name, each]) => row(name, each)))));
}
