// Trust, visit by visit: the model played every step of this tree; the page only walks it.

import { button, el, heading } from "./dom.js";
import { declare, get, set, watch } from "./state.js";
import { say } from "./words.js";

const EVENTS = ["kept", "lie", "failure", "sorry"];
declare("trial", "", (value) => value.split(".").every((event) => EVENTS.includes(event)));

declare("guest", "fits", ["fits", "misfit"]);

const steps = () => (get("trial") ? get("trial").split(".") : []);

// The visits that some steps lead to, and what may follow: nothing where the customer does not come back.
function walk(tree, taken) {
  const nodes = [];
  let next = tree;
  for (const event of taken) {
    if (!next?.[event]) break;
    nodes.push([event, next[event]]);
    next = next[event].next;
  }
  return { nodes, next };
}

function meter({ before, after }) {
  const kind = after > before ? "up" : after < before ? "down" : "";
  return el("div", { class: "trust-meter", role: "img", "aria-label": say("why.trust_change", { before, after }) },
    el("div", { class: "track" }, el("div", { class: `fill ${kind}`, style: `width:${after}%` }),
      el("div", { class: "mark", style: `left:${before}%` })),
    el("b", {}, say("why.trust_change", { before, after })));
}

function visit([event, node], number) {
  const then = node.wait === null ? say("why.gone") : say(node.wait === 1 ? "why.back_soon" : "why.back_after", { n: node.wait });
  return el("li", { "data-visit": event }, el("p", {}, el("b", {}, say("why.visit", { n: number, event: say(`why.event_${event}`) }))), meter(node),
    el("p", { class: "soft" }, node.pleased === null ? say("why.no_deal") : say("why.pleased", { n: node.pleased }), " ", then));
}

export function startTrust(root, { trials: { guests, trees } }) {
  const who = el("div", { class: "row", role: "group", "aria-label": say("why.guests") }, ...guests.map((guest) =>
    button(say(`why.guest_${guest}`), () => set({ guest, trial: "" }), { "data-guest": guest })));
  const list = el("ol", { class: "visits", "aria-live": "polite" });
  const ask = el("p", { class: "now" });
  const choices = el("div", { class: "row" }, ...EVENTS.map((event) =>
    button(say(`why.event_${event}`), () => set({ trial: [...steps(), event].join(".") }), { "data-event": event })));
  const undo = button(say("why.undo"), () => set({ trial: steps().slice(0, -1).join(".") }), { "data-undo": true });
  const again = button(say("why.again"), () => set({ trial: "" }), { "data-again": true });
  root.append(heading(say("why.trust_title")), el("p", { class: "lead" }, say("why.trust")), who, list, ask, choices, el("div", { class: "row" }, undo, again),
    el("details", {}, el("summary", {}, say("why.how")), el("p", {}, say("why.trust_how"))));
  watch(["trial", "guest"], () => {
    const { nodes, next } = walk(trees[get("guest")], steps());
    for (const one of who.children) one.setAttribute("aria-pressed", `${one.dataset.guest === get("guest")}`);
    const open = next && Object.keys(next).length > 0;
    list.replaceChildren(...nodes.map((one, i) => visit(one, i + 1)));
    choices.hidden = !open;
    const gone = nodes.at(-1)?.[1].wait === null;
    ask.textContent = open ? say(nodes.length ? "why.and_now" : "why.first_visit") : say(gone ? "why.lost" : "why.kept_client");
    undo.disabled = again.disabled = !nodes.length;
  });
}
