// A phone: it joins, bets, and sells. It shows what the server says, and keeps nothing but the token of its seat.

import { button, coins, el, money } from "./dom.js";
import { link } from "./link.js";
import { announce, languageButtons, replace } from "./parts.js";
import { data, say, speak, language } from "./words.js";

const KEPT = "longgame-seat";
const head = document.getElementById("head"), main = document.getElementById("main"), said = document.getElementById("said");

let token = keptToken(), code = location.hash.slice(1, 5), now = null, trouble = "", lost = "", draft = null, announced = "";

function keptToken() {
  try { return localStorage.getItem(KEPT) ?? ""; } catch { return ""; }
}

function keepToken(text) {
  token = text;
  try { localStorage.setItem(KEPT, text); } catch { /* the seat is lost only if the page is closed */ }
}

const connection = link(() => ({ do: "hello", code, token }), take, (why) => { lost = why; show(); });

function take(message) {
  lost = "";
  if (message.token) keepToken(message.token);
  if (message.now) {
    if (now?.year !== message.now.year || now?.phase !== message.now.phase) {
      draft = null;
      trouble = "";
    }
    now = message.now;
  }
  if (message.refused) [trouble] = message.refused;
  show();
}

const screens = { lobby, bets, year, playing, end };

function show() {
  replace(head, el("p", { class: "brand" }, now ? say("class.you_are", { n: now.seat + 1 }) : say("class.title")), languageButtons(show));
  let parts;
  if (lost === "elsewhere") parts = elsewhere();
  else if (lost === "refused" || !(now || code || token)) parts = door();
  else if (!now) parts = [el("h1", {}, say("class.lost_title")), lost ? el("p", {}, say("class.wait_connection")) : null];
  else parts = screens[now.phase]();
  const notes = [
    now && lost === "again" ? el("p", { class: "note" }, say("class.wait_connection")) : null,
    trouble ? el("p", { class: "note bad", id: "trouble" }, say(`class.${trouble}`)) : null,
  ];
  replace(main, ...notes, ...parts);
  const text = [...main.querySelectorAll("h1, .note, .card p, .send p")].map((part) => part.textContent).join(" ");
  if (text !== announced) announce(said, announced = text);
}

function door() {
  const field = el("input", { id: "code", name: "code", maxlength: 4, autocomplete: "off", autocapitalize: "characters", spellcheck: "false", value: code });
  const join = (event) => {
    event.preventDefault();
    code = field.value;
    trouble = "";
    connection.open();
  };
  return [el("h1", {}, say("class.code_title")),
    el("form", { onsubmit: join }, el("label", { for: "code" }, say("class.code_label")), field,
      el("button", { type: "submit", class: "main", id: "join" }, say("class.code_button")))];
}

const elsewhere = () => [el("h1", {}, say("class.elsewhere_title")), el("p", {}, say("class.elsewhere")),
  button(say("class.use_here"), () => { lost = ""; connection.open(); }, { class: "main", id: "here" })];

function lobby() {
  return [el("h1", {}, say("class.in_title")), el("p", {}, say("class.in_text"))];
}

const kind = (name) => say(`class.kind_${name}`);

function bets() {
  return [el("h1", {}, say("class.bet_title", { years: now.years })),
    el("div", { class: "choices", role: "group", "aria-label": say("class.bet_title", { years: now.years }) },
      ...data.kinds.map((name) => button(kind(name), () => connection.say({ do: "bet", on: name }),
        { id: `bet-${name}`, "aria-pressed": `${now.bet === name}`, class: "wide" }))),
    el("p", { class: "help" }, say("class.bet_text"))];
}

// What the year before brought.
function last() {
  if (!now.last) return [];
  const { money: brought, deals, repeat_deals: repeat, failed } = now.last;
  const played = now.phase === "end" ? now.years : now.year - 1;
  return [el("section", { class: "card" }, el("h2", {}, say("class.last_title", { year: played })),
    el("p", { class: "big" }, coins(brought)),
    el("p", {}, `${say("class.last_money", { total: coins(now.total) })}, ${say("class.last_rank", { rank: now.rank, of: now.of })}`),
    el("p", { class: "help" }, say("class.last_deals", { deals: money(deals), repeat: money(repeat) })),
    failed ? el("p", { class: "bad" }, say("class.last_failed")) : null)];
}

const opened = new Set();

// Words for those who ask; what is open stays open while the screen changes.
const more = (name, ...content) => el("details", { open: opened.has(name),
  ontoggle: (event) => opened[event.target.open ? "add" : "delete"](name) },
  el("summary", { id: name }, say(name === "more_herd" ? "class.more_herd" : "class.more_ways")), ...content);

function year() {
  draft ??= { way: now.way, herd: now.herd };
  const changed = draft.way !== now.way || draft.herd !== now.herd;
  const option = (group, value, title, more, off) => el("label", { class: "option" },
    el("input", { type: "radio", name: group, id: `${group}-${value}`, checked: draft[group] === value, disabled: off,
      onchange: () => { draft[group] = value; show(); } }),
    el("span", {}, el("b", {}, title), more ? el("span", { class: "help" }, more) : null));
  const send = (event) => {
    event.preventDefault();
    connection.say({ do: "choose", ...draft });
  };
  return [el("p", { class: "soft" }, say("class.year_of", { year: now.year, years: now.years })), ...last(),
    el("form", { onsubmit: send },
      el("fieldset", {}, el("legend", {}, el("h1", {}, say("class.how"))),
        ...data.ways.map((name) => option("way", name, say(`class.way_${name}`), now.year === 1 ? say(`class.about_${name}`) : "")),
        now.year === 1 ? null : more("more_ways", ...data.ways.map((name) =>
          el("p", {}, el("b", {}, say(`class.way_${name}`)), ` ${say(`class.about_${name}`)}`)))),
      el("fieldset", {}, el("legend", {}, say("class.with_whom")), more("more_herd", el("p", {}, say("class.herd_help"))),
        option("herd", null, say("class.alone")),
        el("div", { class: "herds" }, ...now.herds.map((taken, n) => option("herd", n, say("class.herd", { n: n + 1 }),
          say("class.herd_places", { taken, of: now.herd_of }), taken >= now.herd_of && now.herd !== n)))),
      el("div", { class: "send" }, el("button", { type: "submit", class: "main wide", id: "choose" }, say("class.choose_button")),
        el("p", { class: "help" }, say(now.chosen && !changed ? "class.chosen" : "class.not_chosen"))))];
}

function playing() {
  return [el("h1", {}, say("class.playing_title"))];
}

function end() {
  const right = now.bet && now.bet === now.winner;
  const result = !now.bet ? say("class.bet_none") : right ? say("class.bet_right") : say("class.bet_wrong", { what: kind(now.bet) });
  return [el("h1", {}, say("class.end_title_years", { years: now.years })),
    el("p", { class: "big" }, say("class.winner", { what: kind(now.winner) })), el("p", {}, result), ...last()];
}

speak(language());
if (code || token) connection.open();
show();
