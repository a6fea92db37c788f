// Parts of both pages: the choice of language, bars, and focus that stays where it was.

import { button, el } from "./dom.js";
import { language, languages, say, speak } from "./words.js";

const NAMES = { en: "English", de: "Deutsch" }; // each begins with the two letters that its button shows

// The buttons of the languages.
export const languageButtons = (changed) =>
  el("div", { class: "languages", role: "group", "aria-label": say("class.language") },
    ...languages.map((name) => button(name.toUpperCase(), () => { speak(name); changed(); },
      { id: `speak-${name}`, lang: name, "aria-label": NAMES[name], "aria-pressed": `${name === language()}` })));

// Puts other content into a place; the keyboard stays on the element of the same id, if it is there again.
export function replace(place, ...content) {
  const id = place.contains(document.activeElement) ? document.activeElement.id : "";
  place.replaceChildren(...content.filter(Boolean));
  if (id) document.getElementById(id)?.focus({ preventScroll: true });
}

// Lets a screen reader say something, once: who goes through the page later does not meet it a second time.
export function announce(place, text) {
  place.textContent = text;
  setTimeout(() => { if (place.textContent === text) place.textContent = ""; }, 3000);
}

// Horizontal bars with names and numbers, in groups of parts of one bar; `update` lets them grow.
export function bars(names, looks) {
  const rows = names.map((name) => {
    const parts = looks.map((look) => el("span", { class: `part ${look}` }));
    const number = el("b", {});
    return { parts, number, row: el("li", {}, el("span", { class: "name" }, name), el("span", { class: "track" }, ...parts), number) };
  });
  return {
    place: el("ul", { class: "bars" }, ...rows.map(({ row }) => row)),
    update(counts, most) {
      rows.forEach(({ parts, number }, i) => {
        const values = [counts[i]].flat();
        values.forEach((value, k) => { parts[k].style.width = `${100 * value / Math.max(1, most)}%`; });
        number.textContent = values.reduce((sum, value) => sum + value, 0);
      });
    },
  };
}
