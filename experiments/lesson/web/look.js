// Language, dark, the stage and print: what changes the look of the whole page.

import { button, el } from "./dom.js";
import { keyOfScreen, first, last, step } from "./screens.js";
import { declare, get, set, watch } from "./state.js";
import { language, languages, say } from "./words.js";

declare("theme", "auto", ["auto", "light", "dark"]);
declare("stage", "off", ["off", "on"]);

const root = document.documentElement;
const isDark = () => (get("theme") === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : get("theme") === "dark");
const staged = () => get("stage") === "on";

function blank() {
  const cover = document.getElementById("blank");
  cover.hidden = !cover.hidden;
}

// Moves of a presenter. They are those of the remote controls for slides; letters act on the stage alone.
const KEYS = {
  PageDown: () => step(1), ArrowRight: () => step(1), PageUp: () => step(-1), ArrowLeft: () => step(-1),
  Home: first, End: last,
};
const STAGE_KEYS = { b: blank, ".": blank, s: () => set({ stage: "off" }), Escape: () => set({ stage: "off" }) };

// Keys belong to a control on which the reader is, if it uses them itself.
const takes = (node) => node.closest?.("input, select, textarea, summary, [role=slider], [contenteditable], .scroll");

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!document.getElementById("blank").hidden) { blank(); event.preventDefault(); return; }
  if (takes(event.target)) return;
  keyOfScreen(event);
  if (event.defaultPrevented) return;
  const act = KEYS[event.key] ?? (staged() ? STAGE_KEYS[event.key] : null);
  if (!act) return;
  event.preventDefault();
  act();
}

export function startLook() {
  const dark = button(say("shell.dark"), () => set({ theme: isDark() ? "light" : "dark" }), { "data-dark": true });
  const stage = button(say("shell.stage"), () => set({ stage: staged() ? "off" : "on" }), { "data-stage": true });
  const select = el("select", { "aria-label": say("shell.language"), "data-language": true, onchange: () => set({ lang: select.value }) }, ...languages.map((name) => el("option", { value: name, lang: name, selected: name === language() },
    say(`shell.language_${name}`))));
  document.getElementById("tools").append(select, dark, stage, button(say("shell.print"), () => print(), { "data-print": true }));
  watch(["lang"], () => {
    if ("begun" in root.dataset) location.reload(); // every word is made anew; the address keeps the rest
    root.dataset.begun = "";
    root.lang = language();
  });
  watch(["theme"], () => {
    root.dataset.theme = get("theme");
    dark.setAttribute("aria-pressed", `${isDark()}`);
  });
  watch(["stage"], () => {
    root.classList.toggle("stage", staged());
    stage.setAttribute("aria-pressed", `${staged()}`);
    dispatchEvent(new Event("resize")); // charts are drawn for the size of letters
  });
  document.getElementById("brand").textContent = say("shell.brand");
  const skip = document.getElementById("skip");
  skip.textContent = say("shell.skip");
  skip.addEventListener("click", (event) => { event.preventDefault(); document.getElementById("main").focus(); });
  document.getElementById("blank").addEventListener("click", blank);
  document.addEventListener("keydown", press);
}
