// What salespeople say: the learner answers, then the runs do. One saying at a time, then the score and files to take away.

import { button, el, heading, table } from "./dom.js";
import { declare, get, set } from "./state.js";
import { has, language, say } from "./words.js";

const LETTERS = { true: "t", false: "f", depends: "d" };
const NONE = "-";

// Answers so far, a letter a saying, and the saying that is shown; both are in the address, so that a reload keeps them.
declare("said", "", (value) => /^[tfd-]*$/.test(value));
declare("saying", "0", (value) => /^\d+$/.test(value));

const letterOf = (i) => get("said")[i] ?? NONE;
const answerTo = (i) => Object.keys(LETTERS).find((answer) => LETTERS[answer] === letterOf(i));
const text = (card) => say(`sayings.saying_${card.claim}`);

function note(i, answer) {
  const letters = [...get("said").padEnd(i + 1, NONE)];
  letters[i] = LETTERS[answer];
  set({ said: letters.join("") });
}

// How many answers were right, of those to sayings that the runs do not leave open.
function score(cards) {
  const asked = cards.map((card, i) => [card.answer, answerTo(i)]).filter(([runs, mine]) => mine && runs !== "open");
  return { right: asked.filter(([runs, mine]) => runs === mine).length, asked: asked.length };
}

// -- charts -------------------------------------------------------------------------------------------

const KINDS = { yes: "is-yes", no: "is-no", "not clear": "is-open" };
const SHARES = { for: "holds", mixed: "mixed", undecided: "undecided", against: "fails" };

// How many comparisons of a row say what; what none of them says is left out.
const counted = (row) => ["yes", "no", "open"].filter((says) => row[says])
  .map((says) => say(`sayings.row_${says}`, { n: row[says] })).join(", ");

// A row a place: each comparison as a mark at its size with its interval, a line at zero, and how many say what.
function comparisons(card, { places, unit }) {
  const ends = card.rows.flatMap((row) => row.dots.flatMap(([, low, high]) => [low, high])).filter((end) => end !== null);
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const across = (value) => (100 * (value - low)) / (high - low || 1);
  const rows = card.rows.map((row, i) => el("li", {},
    el("span", { class: "sayings-place" }, places[i]),
    el("span", { class: "sayings-track", "aria-hidden": "true" },
      el("i", { class: "sayings-zero", style: `left:${across(0)}%` }),
      ...row.dots.filter(([, from]) => from !== null).map(([, from, to, says]) => el("i", { class: `sayings-bar ${KINDS[says]}`,
        style: `left:${across(from)}%;width:${across(to) - across(from)}%` })),
      ...row.dots.map(([value, , , says]) => el("i", { class: `sayings-dot ${KINDS[says]}`, style: `left:${across(value)}%` }))),
    el("span", { class: "sayings-count soft" }, counted(row))));
  return el("figure", { class: "sayings-chart" }, el("figcaption", {}, say("sayings.chart")), el("ul", {}, ...rows),
    el("p", { class: "soft" }, say("sayings.right_of", { unit })));
}

// A strip a kind of market: which share of the plausible ones says what.
function strips(card, says) {
  const key = el("p", { class: "sayings-key soft" }, ...says.map((each) =>
    el("span", {}, el("i", { class: `sayings-part is-${each}` }), say(`sayings.${SHARES[each]}`))));
  const rows = card.markets.map(({ kind, shares }) => el("li", {},
    el("span", { class: "sayings-place" }, say(`sayings.kind_${kind}`)),
    el("span", { class: "sayings-strip", "aria-hidden": "true" }, ...shares.map((share, i) =>
      el("i", { class: `sayings-part is-${says[i]}`, style: `width:${share}%` }))),
    el("span", { class: "sayings-count soft" },
      shares.map((share, i) => `${Math.round(share)}\u00a0%\u00a0${say(`sayings.${SHARES[says[i]]}`)}`).join(", "))));
  return el("figure", { class: "sayings-chart" }, el("figcaption", {}, say("sayings.strips")), key, el("ul", {}, ...rows));
}

// -- one saying ---------------------------------------------------------------------------------------

const mark = (right) => (right ? "right" : "wrong");

function verdict(card, said, mine, says, onward) {
  const open = card.answer === "open";
  const right = card.answer === mine;
  const judged = open ? say("sayings.none") : say(right ? "sayings.right" : "sayings.wrong");
  const own = comparisons(card, said);
  const asked = el("p", {}, say(`sayings.asked_${card.claim}`));
  const measured = el("p", { class: "soft" }, said.runs);
  const where = said.where.map((line) => el("p", {}, line));
  const plausible = card.markets.length > 0;
  const turns = card.markets.map(({ kind }, i) => el("p", {}, el("b", {}, say(`sayings.kind_${kind}`)), `: ${said.turns[i]}`));
  return el("div", { class: "card sayings-verdict" },
    el("h3", { tabindex: -1 }, say(`sayings.${card.answer}`)),
    el("p", {}, `${say("sayings.yours", { answer: say(`sayings.${mine}`) })} `, el("span", { class: open ? "" : mark(right) }, judged)),
    el("div", { class: "row" }, onward), el("p", {}, said.verdict),
    ...(plausible ? [strips(card, says), ...turns] : [own, ...where]),
    el("details", {}, el("summary", {}, say("sayings.how")), asked, ...(plausible ? [el("p", {}, said.default), own, ...where] : []), measured));
}

function one(root, { cards, choices, says }, said, i, face) {
  const card = cards[i];
  const mine = answerTo(i);
  const last = i === cards.length - 1;
  const hint = `sayings.hint_${card.claim}`;
  const onward = button(say(last ? "sayings.finish" : mine ? "sayings.next" : "sayings.skip"), () => {
    set({ saying: `${i + 1}` });
    face(true);
  }, { class: mine ? "main" : "", "data-onward": true });
  const choose = (answer) => {
    note(i, answer);
    face(false);
    root.querySelector("h3").focus({ preventScroll: true });
  };
  const buttons = choices.map((answer) => button(say(`sayings.${answer}`), () => choose(answer),
    { "data-answer": answer, disabled: Boolean(mine), "aria-pressed": `${mine === answer}` }));
  const { right, asked } = score(cards);
  const place = [say("sayings.count", { n: i + 1, all: cards.length }), ...(asked ? [say("sayings.score", { right, asked })] : [])];
  root.append(heading(say("sayings.title")), el("p", { class: "soft" }, place.join(" · ")),
    el("blockquote", { class: "sayings-said lead", id: "sayings-said", tabindex: -1 }, text(card)),
    has(hint) ? el("p", { class: "soft" }, say(hint)) : "",
    el("div", { class: "row", role: "group", "aria-label": say("sayings.ask") }, el("span", { class: "sayings-ask" }, say("sayings.ask")), ...buttons),
    mine ? verdict(card, said.cards[i], mine, says, onward) : el("div", { class: "row" }, onward));
}

// -- the end ------------------------------------------------------------------------------------------

function keep(name, content, type) {
  const link = el("a", { href: URL.createObjectURL(new Blob([content], { type })), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  URL.revokeObjectURL(link.href);
}

function end(root, { cards }, said, face) {
  const { right, asked } = score(cards);
  const open = cards.filter((card, i) => answerTo(i) && card.answer === "open").length;
  const rows = cards.map((card, i) => {
    const mine = answerTo(i);
    const judged = mine && card.answer !== "open" ? mark(card.answer === mine) : "";
    return [text(card), say(`sayings.${card.answer}`), mine ? el("span", { class: judged }, say(`sayings.${mine}`)) : "–"];
  });
  const again = () => { set({ said: "", saying: "0" }); face(true); };
  root.append(heading(say("sayings.title")),
    el("p", { class: "lead" }, say("sayings.done", { right, asked }), open ? ` ${say("sayings.left_open", { open })}` : ""),
    el("div", { class: "row" }, button(say("sayings.again"), again, { "data-again": true }),
      button(say("sayings.gift"), () => keep("sayings.gift.txt", said.gift, "text/plain"), { "data-gift": true }),
      button(say("sayings.csv"), () => keep("sayings.csv", said.csv, "text/csv"), { "data-csv": true })),
    el("details", { class: "sayings-all" }, el("summary", {}, say("sayings.all")),
      table(say("sayings.all"), ["saying", "runs", "you"].map((head) => say(`sayings.head_${head}`)), rows)));
}

export function startSayings(root, data) {
  const said = data.said[language()];
  function face(moved) {
    root.replaceChildren();
    const i = +get("saying");
    if (i < data.cards.length) one(root, data, said, i, face);
    else end(root, data, said, face);
    if (moved) root.querySelector(i < data.cards.length ? "#sayings-said" : "h2").focus();
  }
  face(false);
}
