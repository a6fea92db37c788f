// Beside the lesson: notes for those who teach it, and the rules of the market in words.

import { el, heading } from "./dom.js";
import { language, say } from "./words.js";

const folded = (title, ...parts) => el("details", {}, el("summary", {}, title), ...parts);

export function startNotes(root, { hour }) {
  const line = (part, what) => [el("dt", {}, say(`notes.${what}`)), el("dd", {}, say(`notes.${part}_${what}`))];
  root.append(heading(say("notes.title")), el("p", { class: "lead" }, say("notes.lead")),
    ...hour.map(({ part, minutes }) => folded(
      say(`notes.${part}_title`) + (minutes ? ` · ${say("notes.minutes", { n: minutes })}` : ""),
      el("dl", { class: "notes-part" }, ...["do", "ask", "hear"].flatMap((what) => line(part, what))))));
}

export function startRules(root, { rules, numbers }) {
  const written = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value.toLocaleString(language())]));
  root.append(heading(say("rules.title")), el("p", { class: "lead" }, say("rules.lead")),
    ...rules.map((rule) => folded(say(`rules.${rule}_title`), el("p", {}, say(`rules.${rule}_text`, written)))));
}
