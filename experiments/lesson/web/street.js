// The street: three years of choices, then ten. It walks the tree that the market played, and knows no rule itself.

import { button, el, heading } from "./dom.js";
import { year as play } from "./stored.js";
import { ending, markets, wayOf } from "./street_end.js";
import { monthsOf } from "./street_month.js";
import { happened, widthOf, yearly } from "./street_year.js";
import { say } from "./words.js";

const card = (name, title, help, pick) => el("button", { type: "button", class: "street-choice", onclick: pick, ...name },
  el("b", {}, title), help ? el("span", {}, help) : null);

export function start(root, street) {
  root.classList.add("street");
  const game = { together: null, ways: [], years: [] };
  let running = null;
  root.addEventListener("left", () => running?.pause());

  // Shows a part of the game; its heading takes the focus, unless the screen has just been opened.
  function show(title, ...parts) {
    running?.end();
    running = null;
    const opened = !root.firstChild;
    const head = heading(title);
    root.replaceChildren(head, ...parts.filter(Boolean));
    if (opened) return;
    head.focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
  }

  // Back one choice, and back to the first.
  const waysBack = () => el("div", { class: "street-row street-back" },
    button(say("street.back"), () => { if (game.ways.length) drop(); else game.together = null; next(); }, { "data-back": true }),
    button(say("street.again"), () => { Object.assign(game, { together: null, ways: [], years: [] }); next(); }, { "data-again": true }));

  const drop = () => { game.ways.pop(); game.years.pop(); };

  function next() {
    if (game.together) {
      show(say("street.choose_year", { year: game.ways.length + 1 }), choices(true), waysBack());
      return;
    }
    const pick = (together) => () => { game.together = together; next(); };
    show(say("street.title"), el("p", {}, say("street.opening", { sellers: street.sellers })),
      el("div", { class: "street-choices street-two" }, ...Object.keys(street.together).map((together) =>
        card({ "data-together": together }, say(`street.${together}`), say(`street.${together}_help`), pick(together)))));
  }

  const choices = (help) => el("div", { class: "street-choices" }, ...street.ways.map((way) =>
    card({ "data-way": way }, wayOf(way), help ? say(`street.${way}_help`) : "", () => sell(way))));

  function sell(way) {
    show(say("street.year_title", { year: game.ways.length + 1, way: wayOf(way), together: say(`street.together_${game.together}`) }),
      el("p", { role: "status" }, say("street.waiting_year")));
    const path = [game.together, ...game.ways, way];
    play(street, path, (year) => {
      game.ways.push(way);
      game.years.push(year);
      watch(way);
    }, (why) => show(say("street.title"), el("p", { role: "alert" }, say("street.refused", { why: why ?? say("shell.no_answer") })), waysBack()));
  }

  function watch(way) {
    const year = game.years.at(-1);
    const before = game.years.slice(0, -1).flatMap((one) => monthsOf(one, street));
    show(say("street.year_title", { year: game.ways.length, way: wayOf(way), together: say(`street.together_${game.together}`) }));
    const place = el("div", {});
    root.append(place);
    running = yearly(place, street, game.together, before, year, (after, months) => {
      const status = el("div", { role: "status" });
      after.append(status, ...whatNext(year));
      status.append(...yearOver(year, months)); // words that come later are read out
    });
  }

  // What a year came to.
  const yearOver = (year, months) => [
    el("h3", { tabindex: -1 }, say("street.year_over", { year: game.ways.length })),
    el("ul", { class: "street-counts" }, ...happened(months).map((text) => el("li", {}, text))),
    ...(year.failed == null ? [] : [el("p", { class: "street-broke" }, say("street.broke", { month: year.failed }))])];

  // The next choice, or the way to the end.
  function whatNext(year) {
    const last = year.failed != null || game.years.length === street.chosen;
    return [...(last ? [button(say("street.to_ten"), end, { class: "main", "data-to-ten": true })]
      : [el("h3", {}, say("street.choose_year", { year: game.ways.length + 1 })), choices(false)]), waysBack()];
  }

  function end() {
    const last = game.years.at(-1);
    const mine = [...game.years.flatMap(({ curve }) => curve), ...(last.later?.curve ?? [])];
    const failed = last.failed ?? last.later?.failed ?? null;
    show(say("street.end_title"), ...ending(street, game, mine, failed, widthOf(root), elsewhere), waysBack());
  }

  const elsewhere = () => show(say("street.markets_title"), ...markets(street, end));

  next();
}
