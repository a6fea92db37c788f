// A year of the street, month by month: the picture, the hours, the money, and what happened in words.

import { button, calm, el, money } from "./dom.js";
import { acquaintances, counts, monthsOf } from "./street_month.js";
import { key, scene } from "./street_scene.js";
import { say } from "./words.js";

// Time that a month is shown. Unit: milliseconds.
const PACE = 1500;

const LINES = [["came", "came"], ["returned", "returned"], ["sold", "bought"], ["no", "no_deal"], ["noTime", "no_time"],
  ["passed", "passed"], ["sent", "sent"], ["good", "told_good"], ["bad", "told_bad"]];

// The width of a picture in an element: letters in it are as large as those around it, or larger.
export const widthOf = (root) => Math.max(300, Math.min(1000, root.clientWidth));

// What happened in some months, one short text a kind; kinds that did not happen are left out.
export const happened = (months) => {
  const found = counts(months);
  return LINES.filter(([name]) => found[name]).map(([name, words]) => say(`street.${words}`, { n: found[name] }));
};

// The bar of hours, the money earned, and the money in the till where a firm needs some.
function purseOf(month, street, together) {
  const hours = Math.min(100, month.hours);
  const full = month.hours >= 95 ? " street-full" : "";
  const capital = street.capital[together];
  const words = say("street.hours", { percent: month.hours, hours: street.capacity });
  return [el("div", { class: "street-hours" }, el("span", {}, words),
    el("div", { class: `street-bar${full}`, "aria-hidden": "true" }, el("div", { style: `width:${hours}%` }))),
  el("p", { class: "street-money" }, `${say("street.earned")} `, el("b", { "data-earned": month.earned }, money(month.earned)),
      capital == null ? null : ` · ${say("street.till")} `,
      capital == null ? null : el("b", { "data-till": capital + month.earned }, money(capital + month.earned)))];
}

// Shows a year in an element. `before` are the months of the years before it; at its end `over` is called, to fill the
// place between the money and the picture.
export function yearly(root, street, together, before, year, over) {
  const months = monthsOf(year, street);
  let shown = calm() ? months.length : 1;
  let timer = null;
  let told = false;
  const purse = el("div", { class: "street-purse" });
  const after = el("div", { class: "street-after" });
  const stage = el("div", { class: "street-stage" });
  const line = el("p", { class: "street-line" });
  const pause = button("", () => (timer ? stop() : go()), { class: "street-pause" });
  const controls = el("div", { class: "street-row" }, pause,
    button(say("street.next_month"), () => { stop(); to(shown + 1); }, { "data-next-month": true }),
    button(say("street.to_year_end"), () => { stop(); to(months.length); }, { "data-year-end": true }));

  function draw() {
    const month = months[shown - 1];
    const people = acquaintances([...before, ...months.slice(0, shown)]);
    const words = happened([month]);
    const text = `${say("street.month", { month: before.length + shown })}: ${words.join(", ") || say("street.nobody")}`;
    line.textContent = text;
    purse.replaceChildren(...purseOf(month, street, together).filter(Boolean));
    stage.replaceChildren(scene(widthOf(root), month, people, street.prior, text));
  }

  function to(month) {
    shown = Math.min(month, months.length);
    draw();
    if (shown === months.length) finish();
  }

  function finish() {
    stop();
    const held = controls.contains(document.activeElement); // what is hidden would lose the focus
    controls.hidden = line.hidden = true; // the year's own words follow; the picture keeps those of the month
    if (!told) over(after, months);
    told = true;
    if (held) after.querySelector("h3").focus();
  }

  function go() {
    timer = setInterval(() => to(shown + 1), PACE);
    pause.textContent = say("street.pause");
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    pause.textContent = say("street.play");
  }

  root.append(line, controls, purse, after, stage, key());
  let width = root.clientWidth;
  const sizes = new ResizeObserver(() => {
    if (root.clientWidth === width || !root.clientWidth) return; // a month more is higher, not wider; hidden is no width
    width = root.clientWidth;
    draw();
  });
  draw();
  sizes.observe(root);
  if (shown === months.length) finish();
  else go();
  return { pause: stop, end: () => { stop(); sizes.disconnect(); } };
}
