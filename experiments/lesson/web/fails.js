// When it fails: one condition a screen, against the town as it was.

import { leadWords, mountChart } from "./chart.js";
import { button, el, heading, span } from "./dom.js";
import { declare, get, address, set, watch } from "./state.js";
import { howSure } from "./story.js";
import { data } from "./stored.js";
import { say } from "./words.js";

export const CONDITIONS = ["return", "silent", "crowded", "costly", "pair", "gang"];
for (const key of CONDITIONS) declare(`fail-${key}`, "", ["ours", "theirs"]);

// What a condition makes of the lead: the loner ahead, the team still ahead, or neither clearly.
export function verdict(course) {
  return ["theirs", "even", "ours"][course.after[data.months].sign + 1];
}

export const startFail = (key) => (root, { usual, conditions }) => {
  const { course, dial: [name, value], n } = conditions[key];
  const choice = `fail-${key}`;
  const place = el("div");
  const said = el("p", { class: "now", "aria-live": "polite" });
  const more = el("p");
  const panel = el("div", {}, place, said, more, el("details", {}, el("summary", {}, say("story.sure")), ...howSure(course, data.months)),
    el("p", {}, el("a", { href: address("sandbox", { [name]: value }), "data-try": true }, say("fails.try"))));
  const ask = el("div", { class: "row" }, el("p", { class: "now" }, say("fails.bet", { after: span(data.months) })),
    ...["ours", "theirs"].map((side) => button(say(`story.side_${side}`), () => set({ [choice]: side }), { [`data-say-${side}`]: true })));
  root.append(heading(say(`fails.${key}_title`)), el("p", { class: "lead" }, say(`fails.${key}`, { n })), ask, panel);
  const show = mountChart(place, () => ({ course, ghost: usual, name: say(`fails.${key}_title`) }));
  watch([choice], () => {
    const mine = get(choice);
    ask.hidden = Boolean(mine);
    panel.hidden = !mine;
    if (!mine) return;
    const right = verdict(course);
    said.replaceChildren(el("span", { class: mine === right ? "right" : "wrong", "data-bet": mine === right ? "right" : "wrong" },
      `${mine === right ? "✓" : "✗"} ${say(`fails.verdict_${right}`)}`));
    more.textContent = `${leadWords(course, data.months)} ${say("fails.before", { lead: leadWords({ lead: usual.lead }, data.months) })}`;
    show();
  });
};
