// Reading the tree of the game: visits that the model played, one branch for everything the reader may do.

import { data } from "./stored.js";

// The numbers of a visit, by name.
export const read = ([numbers]) => Object.fromEntries(data.game.fields.map((name, i) => [name, numbers[i]]));

// The visits that some steps lead to, and the next choices: none if the round is over.
export function walk(tree, steps) {
  const nodes = [];
  let next = tree;
  for (const [asked, chosen] of steps) {
    const node = next[asked][chosen];
    nodes.push(node);
    next = node[2];
  }
  return { nodes, next };
}
