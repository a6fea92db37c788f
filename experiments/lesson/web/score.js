// The reader's score, beside that of sellers who always do the same with the same customers and the same luck.

import { money, table } from "./dom.js";
import { data } from "./stored.js";
import { read, walk } from "./tree.js";

const COLUMNS = ["earned", "hours", "per hour", "deals", "customers' gain"];

// The steps of a seller who always does the same.
function always(tree, asking, choice) {
  const steps = [];
  for (let next = tree; next; next = walk(tree, steps).next) steps.push([asking, choice]);
  return steps;
}

// The most that can be earned with one customer, over all paths of the tree.
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
  return [name, money(margin), money(minutes / 60), money((60 * margin) / minutes),
    `${results.filter((one) => one.price).length}`, money(sum("gain"))];
}

export function compare(done) {
  const trees = data.game.guests.map(({ tree }) => tree);
  const rows = [
    ["You", done],
    ["Always ask, always honest", trees.map((tree) => always(tree, "ask", "honest"))],
    ["Never ask, always hard sell", trees.map((tree) => always(tree, "skip", "hard"))],
    ["The most that can be earned", trees.map((tree) => best(tree).steps)],
  ];
  return table("Your score", ["", ...COLUMNS], rows.map(([name, each]) => row(name, each)),
    "The customers and the luck are the same for all. Three customers and a few months prove nothing. The next parts " +
    "show thousands of customers, over years.");
}
