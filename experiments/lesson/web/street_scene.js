// The street as a picture: the month's visitors at the door, and below them everybody who knows you.

import { calm, el, short, svg } from "./dom.js";
import { say } from "./words.js";

const [DOOR, ROW, CELL, EDGE] = [60, 84, 34, 8];

// A face: its mouth and its colour say how much it trusts you, against a stranger.
function face(radius, trust, prior, met = true) {
  const kind = trust > prior + 2 ? "good" : trust < prior - 2 ? "bad" : "same";
  const bend = Math.max(-1, Math.min(1, (trust - prior) / 40)) * radius * 0.55;
  const [eye, mouth, wide] = [radius * 0.33, radius * 0.32, radius * 0.48];
  return svg("g", { class: `street-face street-${kind}${met ? "" : " street-heard"}` },
    svg("circle", { r: radius }),
    ...[-eye, eye].map((x) => svg("circle", { class: "street-eye", cx: x, cy: -radius * 0.2, r: radius * 0.1 })),
    svg("path", { class: "street-mouth", d: `M${-wide} ${mouth} Q0 ${mouth + 2 * bend} ${wide} ${mouth}` }));
}

// What became of a visit: the gain of the firm, a cross where there was no time, or a no.
const sign = ({ sold, gain, noTime }) =>
  (sold ? `${gain < 0 ? "−" : "+"}${short(Math.abs(gain))}` : noTime ? "✕" : say("street.sign_no"));

const kindOf = ({ sold, gain, noTime }) => (sold ? (gain < 0 ? "loss" : "coin") : noTime ? "out" : "no");

function visitor(visit, k, at, prior) {
  const way = visit.passed ? "→" : visit.sent ? "←" : "";
  const mark = visit.returned ? "↩" : visit.advised ? "❝" : "";
  return svg("g", { transform: `translate(${at[0]} ${at[1]})` },
    svg("g", { class: "street-visitor", style: `animation-delay:${k * 60}ms` },
      face(20, visit.after, prior),
      mark ? svg("text", { class: "street-mark", x: 24, y: -12 }, mark) : null,
      way ? svg("text", { class: "street-mark", x: -24, y: -12 }, way) : null,
      svg("text", { class: `street-sign street-${kindOf(visit)}`, y: 42 }, sign(visit))));
}

// Places in rows of equal cells.
const grid = (many, width, cell, top, row = cell) => {
  const columns = Math.max(1, Math.floor((width - 2 * EDGE) / cell));
  return {
    height: Math.ceil(many / columns) * row,
    at: (k) => [EDGE + (k % columns + 0.5) * cell, top + (Math.floor(k / columns) + 0.5) * row],
  };
};

// The picture of a month: visitors, acquaintances (from `acquaintances`), stories.
export function scene(width, month, people, prior, label) {
  const door = grid(Math.max(1, month.visits.length), width, DOOR, 24, ROW);
  const top = 24 + door.height + 32;
  const ids = [...people.keys()];
  const town = grid(Math.max(1, ids.length), width, CELL, top);
  const places = new Map(ids.map((id, k) => [id, town.at(k)]));
  const here = new Set(month.visits.map(({ customer }) => customer));
  const stories = month.stories.filter(({ teller, listener }) => places.has(teller) && places.has(listener));
  return svg("svg", {
    viewBox: `0 0 ${width} ${top + town.height + EDGE}`, role: "img", "aria-label": label,
    class: `street-scene${calm() ? " street-calm" : ""}`,
  },
  svg("text", { class: "street-caption", x: EDGE, y: 16 }, say("street.queue")),
  ...month.visits.map((visit, k) => visitor(visit, k, door.at(k), prior)),
  svg("text", { class: "street-caption", x: EDGE, y: top - 10 }, say("street.street")),
  ...ids.map((id) => {
    const { trust, met } = people.get(id);
    return svg("g", { transform: `translate(${places.get(id).join(" ")})`, class: here.has(id) ? "street-here" : "" },
      face(13, trust, prior, met));
  }),
  ...stories.map(({ teller, listener, good }) => {
    const [[x, y], [u, v]] = [places.get(teller), places.get(listener)];
    const over = Math.min(y, v) - 18;
    return svg("path", { class: `street-story street-${good ? "good" : "bad"}`, pathLength: good ? 1 : null,
      d: `M${x} ${y} Q${(x + u) / 2} ${over} ${u} ${v}` });
  }));
}

// What the signs of the picture mean, for whoever asks.
export const key = () => el("details", { class: "street-key" }, el("summary", {}, say("street.key")),
  el("ul", {}, ...["smile", "coin", "no", "pass", "back", "told"].map((part) => el("li", {}, say(`street.key_${part}`)))));
