// The parts of the lesson, one at a time; each has an address, so that the browser's own "back" works.

import { button, el } from "./dom.js";

const parts = [...document.querySelectorAll("main > section")];
const here = () => Math.max(0, parts.findIndex((part) => `#${part.id}` === location.hash));

function show(moveFocus) {
  const at = here();
  parts.forEach((part, i) => { part.hidden = i !== at; });
  for (const [i, item] of [...document.querySelectorAll("#steps button")].entries()) {
    if (i === at) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
  document.getElementById("back").disabled = at === 0;
  document.getElementById("next").disabled = at === parts.length - 1;
  const next = parts[at + 1];
  document.getElementById("next").textContent = next ? `Next: ${next.dataset.step}` : "The end";
  const current = document.querySelector("#steps [aria-current]");
  current.parentElement.parentElement.scrollTo({ left: current.offsetLeft - 40 });
  if (moveFocus) {
    parts[at].querySelector("h2").focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  dispatchEvent(new CustomEvent("part", { detail: parts[at].id }));
}

export function go(id) { location.hash = id; }

export function startSteps() {
  document.getElementById("steps").append(...parts.map((part, i) =>
    el("li", {}, button(`${i + 1} ${part.dataset.step}`, () => go(part.id)))));
  document.getElementById("back").addEventListener("click", () => go(parts[here() - 1].id));
  document.getElementById("next").addEventListener("click", () => go(parts[here() + 1].id));
  addEventListener("hashchange", () => show(true));
  show(false);
}
