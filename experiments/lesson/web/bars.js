// Bars by year, side by side for both sides; a bar may have parts.

import { el, short, svg } from "./dom.js";
import { letters, ticks } from "./chart.js";
import { saving } from "./save.js";
import { data } from "./stored.js";
import { say } from "./words.js";

// Draws `years`: per year, per side, parts of [amount, kind] from the bottom up.
function draw(place, { years, name, said, most, write = short }) {
  const wide = place.clientWidth;
  if (!wide) return;
  const em = letters() * 0.9;
  const high = Math.max(240, Math.min(letters() * 17, wide * 0.45, innerHeight * 0.38));
  const [left, right, top, bottom] = [4.4 * em, 0.5 * em, 1.4 * em, 2.9 * em];
  const peak = most ?? Math.max(1, ...years.flat().map((parts) => parts.reduce((sum, [amount]) => sum + amount, 0)));
  const y = (amount) => top + (high - top - bottom) * (1 - amount / peak);
  const all = Math.ceil(data.months / 12);
  const each = (wide - left - right) / all;
  const chart = svg("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, role: "img", "aria-label": `${name}. ${said}` });
  for (const at of ticks(0, peak, 4)) {
    chart.append(svg("path", { d: `M${left},${y(at)}H${wide - right}`, class: at === 0 ? "zero" : "grid" }),
      svg("text", { x: left - 0.5 * em, y: y(at) + 0.35 * em, "text-anchor": "end", class: "muted" }, write(at)));
  }
  const every = Math.ceil((2 * em) / each);
  for (let year = 0; year < all; year += 1) {
    if (year % every === 0) {
      chart.append(svg("text", { x: left + (year + 0.5) * each, y: high - bottom + 1.2 * em, "text-anchor": "middle", class: "muted" }, `${year + 1}`));
    }
    (years[year] ?? []).forEach((parts, side) => {
      let sum = 0;
      for (const [amount, kind] of parts) {
        chart.append(svg("rect", { x: left + (year + 0.12 + 0.4 * side) * each, width: 0.36 * each, y: y(sum + amount),
          height: Math.max(0, y(sum) - y(sum + amount)), class: kind }));
        sum += amount;
      }
    });
  }
  chart.append(svg("text", { x: (left + wide - right) / 2, y: high - 0.35 * em, "text-anchor": "middle", class: "muted" }, say("chart.year_of")));
  place.replaceChildren(chart);
}

const key = ([kind, text]) => el("li", {}, svg("svg", { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" },
  svg("rect", { width: 20, height: 20, class: kind })), text);

// Puts bars in a place; `what` returns what is drawn, `keys` are pairs of kind and words.
export function mountBars(place, what, keys) {
  const box = el("div", { class: "box" });
  place.classList.add("chart");
  place.append(el("ul", { class: "keys" }, ...keys.map(key)), box, saving(box, () => what().name));
  const show = () => draw(box, what());
  let wide = 0;
  new ResizeObserver(() => { if (box.clientWidth !== wide) { wide = box.clientWidth; show(); } }).observe(box);
  addEventListener("resize", show);
  return show;
}
