// Small helpers: make elements, write numbers.

import { language, say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

export const el = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

export const button = (text, onclick, attributes = {}) =>
  el("button", { type: "button", onclick, ...attributes }, text);

// The heading of a screen: the keyboard begins there.
export const heading = (text) => el("h2", { tabindex: -1 }, text);

// Writes a number as the language does, with a real minus sign: 12,345.
export const money = (amount) => (Math.round(amount) || 0).toLocaleString(language()).replace("-", "−");

// Writes an amount with its unit: 12,345 coins.
export const coins = (amount) => say("shell.coins", { n: money(amount) });

// Writes an amount in few letters: −1.2k.
export function short(amount) {
  const thousands = Math.abs(amount) >= 1000;
  const number = thousands ? +(amount / 1000).toFixed(1) : Math.round(amount);
  return `${(number || 0).toLocaleString(language())}${thousands ? "k" : ""}`.replace("-", "−");
}

// Writes months in years.
export const span = (months) => (months === 12 ? say("shell.year") : say("shell.years", { n: (months / 12).toLocaleString(language()) }));

// A table with its heads; on a phone each cell shows its head beside it. It can be scrolled by keyboard.
export const table = (name, heads, rows, ...caption) =>
  el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": name }, el("table", { "data-table": name },
    caption.length ? el("caption", {}, ...caption) : null,
    el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows.map(([first, ...cells]) => el("tr", {}, el("th", { scope: "row" }, first),
      ...cells.map((cell, i) => el("td", { "data-is": heads[i + 1] }, cell)))))));

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
