// The market picture: customers among their contacts, in the look of the arm they trust; stories as strokes.

import { el, svg } from "./dom.js";
import { arm, named, shape, swatch } from "./marks.js";
import { mountPlayer } from "./player.js";
import { data, pictureOf, waiting } from "./source.js";
import { contrast, state, watch } from "./state.js";

const NOBODY = ".", DISTRUST = "-";

// Draws one market; returns its place, and a function that shows a month.
function panel({ places, edges, arms, customers, markets }, market, title) {
  const at = (i) => places[i].join(",");
  const dots = places.map((_, i) => svg("path", { transform: `translate(${at(i)})` }));
  const strokes = svg("g");
  const box = svg("svg", { viewBox: "-35 -35 1070 1070", role: "img" },
    svg("path", { d: edges.map(([i, j]) => `M${at(i)}L${at(j)}`).join(""), class: "edges" }), ...dots, strokes);
  const counts = el("ul", { class: "counts" });
  const place = el("figure", { class: "panel" }, el("figcaption", {}, title), box, counts);
  const shown = [];
  function dot(i, letter) {
    if (shown[i] === letter) return;
    shown[i] = letter;
    const look = letter in arms ? arm(arms[letter]) : null;
    const path = dots[i];
    if (letter === NOBODY) path.setAttribute("d", shape("o", 7));
    else if (letter === DISTRUST) path.setAttribute("d", "M-12,-12L12,12M-12,12L12,-12");
    else path.setAttribute("d", shape(look.marker, 16));
    path.setAttribute("class", letter === NOBODY ? "stranger" : letter === DISTRUST ? "distrust" : "trust");
    path.style.fill = look ? (look.herd ? look.colour : "#fff") : "";
    path.style.stroke = look ? look.dark : "";
  }
  function show(wanted) {
    const month = Math.min(wanted, markets[market]?.months.length ?? 0);
    const letters = month ? markets[market].months[month - 1] : NOBODY.repeat(customers);
    for (let i = 0; i < customers; i += 1) dot(i, letters[i]);
    const told = month ? markets[market].stories[month - 1] : [];
    const lines = [];
    let [good, bad] = [0, 0];
    for (let k = 0; k < told.length; k += 3) {
      if (told[k + 2]) good += 1; else bad += 1;
      lines.push(svg("path", { d: `M${at(told[k])}L${at(told[k + 1])}`, class: told[k + 2] ? "good" : "bad",
        pathLength: told[k + 2] ? 1 : null }));
    }
    strokes.replaceChildren(...lines);
    const count = (letter) => letters.split(letter).length - 1;
    const trusted = arms.map((name, n) => [name, count(`${n}`)])
      .filter(([name, many]) => many || market === name || market === "shared");
    counts.replaceChildren(
      ...trusted.map(([name, many]) => el("li", {}, swatch(name), el("b", {}, `${many}`), " trust ", named(name))),
      el("li", {}, key("distrust"), el("b", {}, `${count(DISTRUST)}`), " trust nobody they know"),
      el("li", {}, key("stranger"), el("b", {}, `${count(NOBODY)}`), " know nobody"),
      el("li", {}, key("good"), el("b", {}, `${good}`), " good stories told, ",
        key("bad"), el("b", {}, `${bad}`), " bad ones"));
    box.setAttribute("aria-label", `${title}, month ${month}: ${counts.textContent}`);
  }
  return { place, show };
}

function key(kind) {
  const path = {
    distrust: "M4,4L20,20M4,20L20,4", stranger: "M7,12a5,5 0 1,0 10,0a5,5 0 1,0 -10,0Z",
    good: "M0,12H24", bad: "M0,12H24",
  }[kind];
  return svg("svg", { viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true", class: "key" },
    svg("path", { d: path, class: kind }));
}

// The words below the picture.
const about = ({ customers, salespeople, threshold }) =>
  `This market is small enough to be drawn: ${customers} customers and ${salespeople} salespeople with time to spare, ` +
  `one run, ${data.live ? "your dials" : "dials at their defaults"}. A newcomer trusts any salesperson ${threshold}%. ` +
  "A customer “trusts” a salesperson from that level on. The picture shows trust, not earnings.";

export function startPicture() {
  const place = document.getElementById("picture");
  const panels = el("div", { class: "panels" });
  const said = el("p", { class: "now", "data-month-now": true });
  const words = el("p", { class: "soft" });
  mountPlayer(place);
  place.append(said, panels, words);
  let shown = [];
  let of = null;
  const show = () => {
    for (const one of shown) one.show(state.month);
    said.textContent = of ? `Month ${state.month}` : waiting();
  };
  const build = () => {
    of = pictureOf(state);
    shown = !of ? [] : state.where === "shared" ? [panel(of, "shared", "All in one market")]
      : contrast().sides.map((name) => panel(of, name, `Only ${arm(name).words}`));
    panels.replaceChildren(...shown.map((one) => one.place));
    words.textContent = of ? about(of) : "";
    show();
  };
  watch(["contrast", "where"], build);
  watch(["news"], () => (pictureOf(state) === of ? show() : build()));
  watch(["month"], show);
}
