// What is printed: two pages with the story, the reasons, the failures and the five questions.

import { answers } from "./answers.js";
import { drawing } from "./chart.js";
import { el, money, span } from "./dom.js";
import { CONDITIONS } from "./fails.js";
import { data } from "./stored.js";
import { say } from "./words.js";

const EM = 13; // of the drawings on paper, in their own pixels

const chart = (wide, what, em = EM) => el("div", { class: "chart" }, drawing(wide, what, em));

function first({ story, why }) {
  const parts = [el("h2", {}, say("shell.brand"))];
  if (story) {
    parts.push(el("p", {}, say("story.town", { customers: money(story.customers) })),
      el("ul", {}, el("li", {}, el("b", {}, say("story.team")), " ", say("story.team_about", { markup: story.markups[0] })),
        el("li", {}, el("b", {}, say("story.one")), " ", say("story.one_about", { markup: story.markups[1] }))),
      el("h3", {}, say("handout.my_bets")),
      el("ul", { class: "boxes" }, ...data.bets.map((month) => el("li", {}, say("story.bet_after", { after: span(month) }), " ",
        ...["ours", "theirs", "even"].map((side) => el("span", {}, "☐ ", say(`story.side_${side}`), "  "))))),
      el("h3", {}, say("story.race_title")), chart(680, { course: story.course, sure: true, tall: 300 }),
      el("p", { class: "soft" }, say("story.sure_band", { band: data.band })));
  }
  if (why) {
    parts.push(el("h3", {}, say("handout.together")), el("ul", {}, ...["leads", "notes", "cover", "delivery", "bill"].map((key) =>
      el("li", {}, el("b", {}, say(`why.${key}`)), ": ", say(`why.${key}_about`)))));
  }
  return el("section", {}, ...parts);
}

function second({ story, why, fails }) {
  const small = fails ? CONDITIONS.map((key) => el("div", {}, el("b", {}, say(`fails.${key}_title`)),
    chart(330, { course: fails.conditions[key].course, ghost: fails.usual, tall: 190 }, 1.3 * EM))) : [];
  return el("section", {}, el("h2", {}, say("shell.part_fails")), el("div", { class: "grid" }, ...small),
    el("h2", {}, say("answers.title")), ...answers({ story, why, fails }).map(([question, lines]) =>
      el("div", { class: "answered" }, el("h3", {}, question), el("p", {}, lines.join(" ")))));
}

export function startHandout() {
  addEventListener("beforeprint", () => {
    document.getElementById("handout").replaceChildren(first(data), second(data));
  });
}
