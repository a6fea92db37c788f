// The five answers, made from the results of the runs; the reader answers first.

import { leadWords } from "./chart.js";
import { el, heading, money } from "./dom.js";
import { CONDITIONS, verdict } from "./fails.js";
import { alone, dearest } from "./herd.js";
import { data, part } from "./stored.js";
import { language, say } from "./words.js";

// The month of the first point from which the team's lead stays above 0; nothing if it does not at the end.
function since(course) {
  const lead = course.lead.median;
  const last = lead.findLastIndex((amount) => amount <= 0);
  return last === lead.length - 1 ? null : data.quarters[last + 2];
}

// Rows of question and answer, each a list of sentences; from the parts that are there.
export function answers({ story, why, fails }) {
  const found = [];
  if (story) {
    const { course } = story;
    found.push([say("answers.who"), [leadWords(course, data.months), say(`answers.sure_${verdict(course)}`)]]);
    const month = since(course);
    const when = month === null ? say("answers.never") : month <= data.quarters[1] ? say("answers.at_once") : say("answers.since", { n: (month / 12).toLocaleString(language(), { maximumFractionDigits: 1 }) });
    found.push([say("answers.when"), [...data.bets.map((one) => leadWords(course, one)), when]]);
  }
  if (why) {
    const best = dearest(why.apart);
    const { ours, theirs } = why.annuity;
    const again = (side) => side.repeat.at(-1);
    found.push([say("answers.why"), [
      best === "none" ? say("why.herd_best_none") : say("why.herd_best", { best: say(`why.${best}`), amount: money(why.apart[alone(best)].less.value) }),
      say("answers.annuity", { ours: money(again(ours)), theirs: money(again(theirs)) })]]);
  }
  if (fails) {
    const lines = CONDITIONS.map((key) => say(`answers.not_${verdict(fails.conditions[key].course)}`, { title: say(`fails.${key}_title`) }));
    found.push([say("answers.when_not"), lines]);
  }
  found.push([say("answers.left_out"), [1, 2, 3, 4, 5].map((n) => say(`answers.left_out_${n}`))]);
  return found;
}

export function startAnswers(root) {
  root.append(heading(say("answers.title")), el("p", { class: "lead" }, say("answers.ask")));
  const place = el("div", { class: "five" });
  root.append(place);
  const show = () => place.replaceChildren(...answers(data).map(([question, lines]) =>
    el("details", {}, el("summary", {}, question), el("ul", {}, ...lines.map((line) => el("li", {}, line))))));
  show();
  for (const name of ["story", "why", "fails"]) if (!data[name]) part(name, show, () => {});
}
