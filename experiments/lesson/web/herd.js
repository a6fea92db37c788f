// The herd taken apart: each thing that the five do together can be switched off, and the market was run without it.

import { button, coins, el, heading, money, span, svg } from "./dom.js";
import { person, ring } from "./people.js";
import { declare, get, set, watch } from "./state.js";
import { data } from "./stored.js";
import { say } from "./words.js";

const KEYS = ["leads", "notes", "cover", "delivery", "bill"];
const HELPS = KEYS.slice(0, 4); // the bill is no help: it is not bet on

declare("herd", "1".repeat(KEYS.length), (code) => new RegExp(`^[01]{${KEYS.length}}$`).test(code));
declare("herdbet", "", [...HELPS, "none"]);

const on = (key) => get("herd")[KEYS.indexOf(key)] === "1";
export const alone = (key) => KEYS.map((one) => (one === key ? "0" : "1")).join("");

function picture() {
  const places = ring(170, 118, 122, 74);
  const round = places.map(([x, y], i) => [x, y, ...places[(i + 1) % 5]]);
  const off = (key) => (on(key) ? "" : " off");
  const arrows = round.map(([x, y, a, b]) => {
    const [dx, dy] = [a - x, b - y];
    return svg("path", { d: `M${x + 0.28 * dx},${y + 0.28 * dy}L${x + 0.72 * dx},${y + 0.72 * dy}`, class: `arrow${off("leads")}`, "marker-end": "url(#tip)" });
  });
  return svg("svg", { viewBox: "0 0 340 260", class: "people apart", "aria-hidden": "true" },
    svg("defs", {}, svg("marker", { id: "tip", viewBox: "0 0 10 10", refX: 8, refY: 5, markerWidth: 5, markerHeight: 5, orient: "auto-start-reverse" },
      svg("path", { d: "M0,0L10,5L0,10Z", class: "tip" }))),
    svg("ellipse", { cx: 170, cy: 112, rx: 158, ry: 106, class: `cover${off("cover")}` }), ...arrows,
    svg("path", { d: "M140,100q15,-10 30,0q15,-10 30,0v36q-15,-10 -30,0q-15,-10 -30,0ZM170,100v36", class: `book${off("notes")}` }),
    ...places.sort((a, b) => a[1] - b[1]).map(([x, y]) => svg("g", { transform: `translate(${x},${y}) scale(.72)` }, person(0, 10, "herd"))),
    svg("path", { d: "M232,226h56v26h-56ZM288,232h18l10,12v8h-28Z", class: `van${off("delivery")}` }),
    svg("path", { d: "M40,222h40v32l-7,-5l-6,5l-7,-5l-6,5l-7,-5l-7,5ZM48,231h24M48,239h24", class: `paper${off("bill")}` }));
}

// Bars of what each of the five has earned: the whole team, and the team as it is switched.
function bars(apart) {
  const [whole, now] = ["1".repeat(KEYS.length), get("herd")].map((code) => apart[code].ours);
  const all = Object.values(apart).map(({ ours }) => ours);
  const [least, most] = [Math.min(0, ...all), Math.max(0, ...all)];
  const part = (amount) => (100 * (amount - least)) / (most - least || 1);
  const bar = (title, amount, kind) => el("div", { class: "earned" }, el("span", {}, title), el("b", {}, coins(amount)),
    el("div", { class: "track", "aria-hidden": "true" }, el("div", { class: `fill ${kind}`,
      style: `left:${Math.min(part(0), part(amount))}%;width:${Math.abs(part(amount) - part(0))}%` })));
  return [bar(say("why.whole"), whole, "was"), bar(say("why.now"), now, "is")];
}

function result(apart) {
  const { less } = apart[get("herd")];
  if (!get("herd").includes("0")) return say("why.all_on");
  if (!less.sign) return say("why.no_difference", { n: less.n });
  const values = { amount: money(Math.abs(less.value)), ahead: less.sign > 0 ? less.ahead : less.n - less.ahead, n: less.n };
  return say(less.sign > 0 ? "why.less" : "why.more", values);
}

// The switch whose lack alone costs most, if any clearly costs anything.
export function dearest(apart) {
  const found = HELPS.map((key) => [apart[alone(key)].less, key]).filter(([less]) => less.sign > 0);
  return found.sort((a, b) => b[0].value - a[0].value)[0]?.[1] ?? "none";
}

export function startHerd(root, { apart }) {
  const drawing = el("div", { class: "drawing" });
  const answers = el("fieldset", { class: "bet" }, el("legend", {}, say("why.herd_bet")), el("div", { class: "answers" },
    ...[...HELPS, "none"].map((key) => el("label", { class: "answer" }, el("input", { type: "radio", name: "herdbet", value: key,
      onchange: () => set({ herdbet: key }) }), say(`why.${key}`)))));
  const switches = el("div", { class: "switches", role: "group", "aria-label": say("why.switches") }, ...KEYS.map((key) =>
    el("button", { type: "button", role: "switch", "data-switch": key, onclick: () => set({ herd: KEYS.map((one) =>
      (on(one) !== (one === key) ? "1" : "0")).join("") }) }, el("b", {}, say(`why.${key}`)), el("span", {}, say(`why.${key}_about`)))));
  const shown = el("div", { class: "earnings" });
  const said = el("p", { class: "now", "aria-live": "polite" });
  const settled = el("p", { "aria-live": "polite" });
  const panel = el("div", {}, settled, el("div", { class: "halves" }, switches, el("div", {}, drawing, shown, said,
    button(say("why.all_back"), () => set({ herd: "1".repeat(KEYS.length) }), { "data-all-on": true }))));
  root.append(heading(say("why.herd_title")), el("p", { class: "lead" }, say("why.herd", { after: span(data.months) })), answers, panel);
  watch(["herd", "herdbet"], () => {
    const mine = get("herdbet");
    answers.hidden = Boolean(mine);
    panel.hidden = !mine;
    drawing.replaceChildren(picture());
    shown.replaceChildren(...bars(apart));
    said.textContent = result(apart);
    for (const one of switches.children) one.setAttribute("aria-checked", `${on(one.dataset.switch)}`);
    const best = dearest(apart);
    if (mine) settled.replaceChildren(el("span", { class: mine === best ? "right" : "wrong", "data-bet": mine === best ? "right" : "wrong" },
      say("why.herd_mine", { mine: say(`why.${mine}`), mark: mine === best ? "✓" : "✗" })), " ",
      best === "none" ? say("why.herd_best_none") : say("why.herd_best", { best: say(`why.${best}`), amount: money(apart[alone(best)].less.value) }));
  });
}
