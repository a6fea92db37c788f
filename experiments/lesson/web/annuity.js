// The annuity: what comes from customers who had bought before, year by year.

import { mountBars } from "./bars.js";
import { button, coins, el, heading } from "./dom.js";
import { declare, get, set, watch } from "./state.js";
import { say } from "./words.js";

const GUESSES = ["10", "30", "50", "70", "90"];
declare("annuity", "", GUESSES);

const percent = ({ first, repeat }, year) => Math.round((100 * repeat[year]) / (first[year] + repeat[year] || 1));

export function startAnnuity(root, { annuity: { ours, theirs } }) {
  const last = ours.first.length - 1;
  const place = el("div");
  const said = el("p", { class: "now", "aria-live": "polite" });
  const panel = el("div", {}, place, said);
  const ask = el("fieldset", {}, el("legend", {}, say("why.annuity_bet", { year: last + 1 })), el("div", { class: "answers" },
    ...GUESSES.map((guess) => button(say("why.percent", { n: guess }), () => set({ annuity: guess }), { "data-guess": guess }))));
  root.append(heading(say("why.annuity_title")), el("p", { class: "lead" }, say("why.annuity")), ask, panel);
  const years = ours.first.map((_, year) => [
    [[ours.repeat[year], "bar-ours"], [ours.first[year], "bar-ours bar-first"]],
    [[theirs.repeat[year], "bar-theirs"], [theirs.first[year], "bar-theirs bar-first"]]]);
  const words = say("why.annuity_said", { year: last + 1, ours: percent(ours, last), theirs: percent(theirs, last),
    amount: coins(ours.repeat[last]), other: coins(theirs.repeat[last]) });
  const show = mountBars(place, () => ({ years, name: say("why.annuity_title"), said: words }), [
    ["bar-ours", say("why.ours_again")], ["bar-ours bar-first", say("why.ours_first")],
    ["bar-theirs", say("why.theirs_again")], ["bar-theirs bar-first", say("why.theirs_first")]]);
  watch(["annuity"], () => {
    const mine = get("annuity");
    ask.hidden = Boolean(mine);
    panel.hidden = !mine;
    said.textContent = mine ? `${say("why.annuity_mine", { n: mine })} ${words}` : "";
    if (mine) show();
  });
}
