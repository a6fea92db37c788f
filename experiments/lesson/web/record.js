// What a stranger can look up: the trust of those who come for the first time, with and without a public record.

import { mountBars } from "./bars.js";
import { button, el, heading } from "./dom.js";
import { declare, get, set, watch } from "./state.js";
import { say } from "./words.js";

declare("record", "on", ["on", "off"]);

export function startRecord(root, { doors }) {
  const place = el("div");
  const said = el("p", { class: "now", "aria-live": "polite" });
  const turn = button("", () => set({ record: get("record") === "on" ? "off" : "on" }), { class: "main", "data-record": true });
  root.append(heading(say("why.record_title")), el("p", { class: "lead" }, say("why.record")), place, said, el("div", { class: "row" }, turn));
  const now = () => doors[get("record") === "on" ? "record" : "none"];
  const words = () => {
    const { ours, theirs } = now();
    const last = ours.length - 1;
    const shown = (value) => (value === null ? "–" : say("why.percent", { n: value }));
    return say(get("record") === "on" ? "why.record_on" : "why.record_off", { year: last + 1, ours: shown(ours[last]), theirs: shown(theirs[last]) });
  };
  const show = mountBars(place, () => ({ years: now().ours.map((value, year) =>
    [[[value ?? 0, "bar-ours"]], [[now().theirs[year] ?? 0, "bar-theirs"]]]), most: 100, write: (n) => say("why.percent", { n }),
  name: say("why.record_title"), said: words() }), [["bar-ours", say("why.door_ours")], ["bar-theirs", say("why.door_theirs")]]);
  watch(["record"], () => {
    turn.textContent = say(get("record") === "on" ? "why.take_record" : "why.give_record");
    said.textContent = words();
    show();
  });
}
