// Small helpers: make elements, write numbers.

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

// Writes an amount: 12,345 with a real minus sign.
export const money = (amount) => Math.round(amount).toLocaleString("en").replace("-", "−");

// Writes an amount in few letters: −1.2k.
export const short = (amount) =>
  (Math.abs(amount) >= 1000 ? `${+(amount / 1000).toFixed(1)}k` : `${Math.round(amount)}`).replace("-", "−");

// Writes months, in years where they are whole years.
export function span(months) {
  const [count, unit] = months % 12 ? [months, "month"] : [months / 12, "year"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

// A table with its heads; on a phone each cell shows its head beside it. It can be scrolled by keyboard.
export const table = (name, heads, rows, ...caption) =>
  el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": name }, el("table", { "data-table": name },
    caption.length ? el("caption", {}, ...caption) : null,
    el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows.map(([first, ...cells]) => el("tr", {}, el("th", { scope: "row" }, first),
      ...cells.map((cell, i) => el("td", { "data-is": heads[i + 1] }, cell)))))));

export const capital = (text) => text[0].toUpperCase() + text.slice(1);

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
