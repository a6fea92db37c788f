// Saves a drawing as a picture: SVG as it is drawn, or PNG of twice its size.

import { button, el } from "./dom.js";
import { say } from "./words.js";

const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "font-size",
  "font-family", "font-weight", "paint-order"];

// A drawing that needs no style sheet, on the colour of the page, with its name as title.
function alone(drawing, name) {
  const copy = drawing.cloneNode(true);
  const [from, to] = [drawing, copy].map((one) => [...one.querySelectorAll("*")]);
  from.forEach((node, i) => {
    const style = getComputedStyle(node);
    for (const property of STYLES) to[i].style.setProperty(property, style.getPropertyValue(property));
    to[i].removeAttribute("class");
  });
  const ground = document.createElementNS(copy.namespaceURI, "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  const title = document.createElementNS(copy.namespaceURI, "title");
  title.textContent = name;
  copy.prepend(title, ground);
  return new XMLSerializer().serializeToString(copy);
}

function keep(address, name) {
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

const asAddress = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;

async function asPng(text, wide, high) {
  const picture = new Image();
  picture.src = asAddress(text);
  await picture.decode();
  const canvas = el("canvas", { width: 2 * wide, height: 2 * high });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}

// The buttons that save the drawing in a box.
export function saving(box, name) {
  const file = (end) => `${name().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "")}.${end}`;
  const drawing = () => box.querySelector("svg");
  return el("p", { class: "save" }, say("shell.save"),
    button("SVG", () => keep(asAddress(alone(drawing(), name())), file("svg")), { "data-save": "svg" }),
    button("PNG", async () => {
      const { width, height } = drawing().viewBox.baseVal;
      keep(await asPng(alone(drawing(), name()), width, height), file("png"));
    }, { "data-save": "png" }));
}
