// The people of the story, drawn: five who work together, one who pushes.

import { el, svg } from "./dom.js";

// A person around x, y: a head, shoulders and a face.
export function person(x, y, kind, face = "calm") {
  const mouth = { calm: "M-7,-16q7,6 14,0", loud: "M-7,-17a7,8 0 0 0 14,0Z" }[face];
  const brows = face === "loud" ? "M-12,-33l8,4M12,-33l-8,4" : "";
  return svg("g", { transform: `translate(${x},${y})`, class: `person ${kind}` },
    svg("path", { d: "M-24,28a24,26 0 0 1 48,0Z", class: "body" }),
    svg("circle", { cx: 0, cy: -20, r: 19, class: "head" }),
    svg("circle", { cx: -7, cy: -24, r: 2.4, class: "eye" }), svg("circle", { cx: 7, cy: -24, r: 2.4, class: "eye" }),
    svg("path", { d: mouth, class: "mouth" }), brows && svg("path", { d: brows, class: "mouth" }));
}

// Five points of a ring.
export const ring = (x, y, rx, ry) => [0, 1, 2, 3, 4].map((i) => {
  const angle = (2 * Math.PI * i) / 5 - Math.PI / 2;
  return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
});

export function teamPicture() {
  const places = ring(160, 110, 108, 62);
  const ties = places.flatMap(([x, y], i) => places.slice(i + 1).map(([a, b]) => `M${x},${y}L${a},${b}`)).join("");
  return svg("svg", { viewBox: "0 0 320 220", "aria-hidden": "true", class: "people" },
    svg("path", { d: ties, class: "tie" }), ...places.sort((a, b) => a[1] - b[1]).map(([x, y]) => person(x, y + 12, "herd")));
}

export const onePicture = () => svg("svg", { viewBox: "0 0 320 220", "aria-hidden": "true", class: "people" },
  svg("path", { d: "M198,64l34,-14M204,84h40M198,104l34,14", class: "shout" }), person(160, 122, "loner", "loud"));

export const portrait = (picture, title, text, kind) => el("figure", { class: "portrait" }, picture,
  el("figcaption", {}, el("b", { class: kind }, title), el("span", {}, text)));
