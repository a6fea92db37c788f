// The projector: it lets phones in, shows bets and choices as they come, and the race of the class.

import { button, el, money, table } from "./dom.js";
import { link } from "./link.js";
import { announce, bars, languageButtons, replace } from "./parts.js";
import { race } from "./race.js";
import { data, language, say, speak } from "./words.js";

const head = document.getElementById("head"), main = document.getElementById("main"), said = document.getElementById("said");

let now = null, run = null, trouble = "", lost = "", shown = "", update = () => {}, tableShown = false;

const connection = link(() => ({ do: "lead", key: location.hash.slice(1) }), take, (why) => { lost = why; show(); });

function take(message) {
  lost = "";
  if (message.refused) [trouble] = message.refused;
  if (message.now) now = message.now;
  if (message.race !== undefined) run = message.race;
  show();
}

const screens = { lobby, bets, year, playing: year, end };

// Builds a screen once, and then lets its numbers change, so that bars grow and nothing jumps.
function show() {
  const mark = JSON.stringify([now?.phase === "playing" ? "year" : now?.phase, now?.year, language(), lost, trouble, tableShown, run?.seats[0]?.length]);
  if (mark !== shown) {
    shown = mark;
    replace(head, el("p", { class: "brand" }, say("class.title")),
      now && now.phase !== "lobby" ? el("p", { class: "brand code" }, `${say("class.lobby_code")} ${data.code}`) : null, languageButtons(show));
    const note = trouble ? say(`class.${trouble}`) : lost ? say("class.wait_connection") : "";
    replace(main, note ? el("p", { class: "note" }, note) : null, ...(now ? screens[now.phase]() : [el("h1", {}, say("class.leading_wait"))]));
    announce(said, main.querySelector("h1")?.textContent ?? "");
  }
  if (now) update();
}

// The one button that leads on; pressed twice it leads on once.
const onward = (text) => button(text, () => connection.say({ do: "next", step: now.step }), { class: "main", id: "onward" });

const many = (list) => list.filter(Boolean).length;
const bet = () => many(now.seats.map(([, has]) => has));
const chosen = () => many(now.seats.map(([, , has]) => has));

function lobby() {
  const count = el("p", { class: "big", role: "status" }), chips = el("ul", { class: "chips" });
  const code = el("figure", { class: "qr", role: "img", "aria-label": say("class.lobby_qr", { address: data.address }) });
  code.innerHTML = data.qr; // made by the server, of its own address
  update = () => {
    const n = now.seats.length;
    count.textContent = n === 1 ? say("class.lobby_one") : say("class.lobby_count", { n });
    chips.replaceChildren(...now.seats.map(([here], i) =>
      el("li", { class: here ? "" : "away", "aria-label": say("class.seller", { n: i + 1 }) }, `${i + 1}`)));
    document.getElementById("onward").disabled = !n;
  };
  return [el("h1", {}, say("class.lobby_title")),
    el("div", { class: "two" },
      el("div", {}, el("p", {}, say("class.lobby_open")), el("p", { class: "address" }, data.address.replace(/^http:\/\/|\/$/g, "")),
        el("p", {}, say("class.lobby_code")), el("p", { class: "letters", "aria-label": [...data.code].join(" ") }, data.code),
        el("p", { class: "help" }, say("class.lobby_private"))),
      code),
    el("div", { class: "foot" }, el("div", {}, count, chips), onward(say("class.go_bets")))];
}

function bets() {
  const drawn = bars(data.kinds.map((name) => say(`class.kind_${name}`)), ["accent"]);
  const count = el("p", { class: "big", role: "status" });
  update = () => {
    drawn.update(now.bets, Math.max(...now.bets, 5));
    count.textContent = say("class.bets_count", { n: bet(), of: now.seats.length });
  };
  return [el("h1", {}, say("class.bet_title", { years: now.years })), el("div", { class: "grand" }, drawn.place), el("p", { class: "help" }, say("class.bet_text")),
    el("div", { class: "foot" }, count, onward(say("class.go_first")))];
}

function sold() {
  const drawn = bars(data.ways.map((name) => say(`class.way_${name}`)), ["loner", "herd"]);
  drawn.update(now.ways, Math.max(1, ...now.ways.map(([alone, herd]) => alone + herd)));
  return el("section", { class: "sold" }, el("h2", {}, say("class.sold_so", { year: now.year - 1 })), drawn.place,
    el("p", { class: "legend" }, el("span", { class: "key loner" }), say("class.sold_alone"), " ", el("span", { class: "key herd" }), say("class.sold_herd")));
}

const drawnRace = (width) => [el("h2", {}, say("class.race_title")), race(run, now.years, width), el("p", { class: "help" }, say("class.race_seat"))];

function year() {
  const count = el("p", { class: "big", role: "status" }), away = el("p", { class: "help" });
  update = () => {
    count.textContent = now.phase === "playing" ? say("class.playing_title") : say("class.choose_count", { n: chosen(), of: now.seats.length });
    const gone = now.seats.length - many(now.seats.map(([here]) => here));
    away.textContent = gone ? say("class.choose_gone", { n: gone }) : "";
    document.getElementById("onward").disabled = now.phase === "playing";
  };
  const ways = el("ul", { class: "ways" }, ...data.ways.map((name) => el("li", {}, el("b", {}, say(`class.way_${name}`)), el("span", {}, say(`class.about_${name}`)))));
  return [el("h1", {}, say("class.choose_title", { year: now.year })),
    run ? el("div", { class: "two wide" }, el("section", {}, ...drawnRace(1280)), sold()) : ways,
    el("div", { class: "foot" }, el("div", {}, count, away), onward(say("class.go_play", { year: now.year })))];
}

const earned = (average) => (average ? money(average[0]) : say("class.nobody_so"));

function result() {
  const rows = data.ways.map((name, i) => [say(`class.way_${name}`), ...now.by_way[i].map(earned)]);
  const kinds = data.kinds.map((name, i) => [say(`class.kind_${name}`), earned(now.kinds[i]), `${now.bets[i]}`]);
  return el("div", { class: "two" },
    table(say("class.result_table"), [say("class.result_way"), say("class.sold_alone"), say("class.sold_herd")], rows, say("class.result_table")),
    table(say("class.result_kinds"), [say("class.result_kind"), say("class.result_year"), say("class.result_bets")], kinds, say("class.result_kinds")));
}

function end() {
  update = () => {};
  return [el("h1", {}, say("class.winner", { what: say(`class.kind_${now.winner}`) })),
    ...(tableShown ? [result()] : drawnRace(1860)),
    el("div", { class: "foot" }, el("p", { class: "help" }, say("class.result_luck")),
      el("div", { class: "buttons" },
        button(say(tableShown ? "class.go_race" : "class.go_table"), () => { tableShown = !tableShown; show(); }, { id: "other" }), onward(say("class.go_again"))))];
}

speak(language());
connection.open();
show();
