// One screen at a time, each with an address, so that the browser's own "back" works.

import { button, calm, el, heading } from "./dom.js";
import { part } from "./stored.js";
import { address, here, read, refused } from "./state.js";
import { has, say } from "./words.js";

let screens = []; // { part, id, title, start, key, root, begun }
let shown = null;

const find = (id) => screens.find((screen) => screen.id === id);
const at = () => Math.max(0, screens.findIndex((screen) => screen.id === here()));

export const go = (id) => { location.hash = address(id); };
export const step = (by) => { const next = screens[at() + by]; if (next) go(next.id); };
export const first = () => go(screens[0].id);
export const last = () => go(screens.at(-1).id);

// Makes the elements of a screen when it is first shown, once its data are there.
function begin(screen) {
  if (screen.begun) return;
  screen.begun = true;
  const waiting = el("p", { class: "now", role: "status" }, say("shell.waiting"));
  screen.root.replaceChildren(heading(say(screen.title)), waiting);
  part(screen.part, (found) => {
    screen.root.replaceChildren();
    screen.start(screen.root, found);
  }, (why) => {
    screen.root.replaceChildren(heading(say(screen.title)), el("p", { role: "alert" }, say("shell.failed", { why: why ?? say("shell.no_answer") })),
      button(say("shell.retry"), () => { screen.begun = false; begin(screen); focus(screen); }, { class: "main", "data-retry": true }));
  });
}

function focus(screen) {
  screen.root.querySelector("h2")?.focus({ preventScroll: true });
}

function show(move) {
  const screen = screens[at()];
  const changed = screen !== shown;
  if (changed) {
    shown?.root.dispatchEvent(new CustomEvent("left"));
    for (const one of screens) one.root.hidden = one !== screen;
    shown = screen;
    begin(screen);
    screen.root.dispatchEvent(new CustomEvent("shown"));
    document.title = `${say(screen.title)} – ${say("shell.brand")}`;
    document.documentElement.style.setProperty("--done", at() / (screens.length - 1));
    closeList();
  }
  pager();
  complain();
  if (changed && move) {
    focus(screen);
    scrollTo({ top: 0, behavior: "instant" });
  }
}

// One line on what the address names and the page does not know.
function complain() {
  const lines = refused().map(([name, value]) => say("shell.wrong_value", { name, value }));
  if (here() && !find(here())) lines.unshift(say("shell.wrong_screen", { name: here() }));
  const place = document.getElementById("wrong");
  place.hidden = !lines.length;
  place.textContent = lines.join(" ");
}

let back, next, count;

function pager() {
  const i = at();
  back.disabled = i === 0;
  next.disabled = i === screens.length - 1;
  next.textContent = next.disabled ? say("shell.end") : say("shell.next");
  count.textContent = say("shell.count", { n: i + 1, of: screens.length });
  for (const item of document.querySelectorAll("#list button")) {
    if (item.dataset.to === screens[i].id) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
}

let opener;

function closeList() {
  document.getElementById("list").hidden = true;
  opener?.setAttribute("aria-expanded", "false");
}

function list() {
  const place = document.getElementById("list");
  const groups = [...new Set(screens.map((screen) => screen.part))];
  place.setAttribute("aria-label", say("shell.list"));
  place.append(...groups.map((group) => {
    const ones = screens.filter((screen) => screen.part === group);
    const items = ones.map((screen) => el("li", {}, button(say(screen.title), () => go(screen.id), { "data-to": screen.id })));
    const name = `shell.part_${group}`;
    return el("div", {}, has(name) ? el("p", { class: "group" }, say(name)) : null, el("ol", {}, ...items));
  }));
  opener = button(say("shell.list"), () => {
    place.hidden = !place.hidden;
    opener.setAttribute("aria-expanded", `${!place.hidden}`);
    if (!place.hidden) place.querySelector("[aria-current]")?.focus();
  }, { "aria-expanded": "false", "aria-controls": "list", "data-list": true });
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeList();
    opener.focus();
  });
  return opener;
}

// Keys of the screen that is shown.
export const keyOfScreen = (event) => shown?.key?.(event);

// Puts the screens on the page: rows of part, id, title, start and maybe key.
export function startScreens(rows) {
  screens = rows.map(([group, id, title, start, key]) => ({ part: group, id, title, start, key }));
  const main = document.getElementById("main");
  main.replaceChildren();
  for (const screen of screens) {
    screen.root = el("section", { id: screen.id, hidden: true, "aria-label": say(screen.title) });
    main.append(screen.root);
  }
  back = button(say("shell.back"), () => step(-1), { id: "back" });
  next = button("", () => step(1), { id: "next", class: "main" });
  count = el("span", { class: "count" });
  document.getElementById("pager").append(back, count, next);
  document.getElementById("pager").setAttribute("aria-label", say("shell.pager"));
  document.getElementById("tools").prepend(list());
  addEventListener("hashchange", () => { read(); show(true); });
  if (calm()) document.documentElement.classList.add("calm");
  show(false);
}
