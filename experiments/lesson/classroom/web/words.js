// The words of both languages, as the lesson page has them: say("class.seller", { n: 3 }).

import { fill } from "./fill.js";

export const data = JSON.parse(document.getElementById("data").textContent);
export const languages = Object.keys(data.words);

const KEPT = "longgame-language";

function kept() {
  try { return localStorage.getItem(KEPT); } catch { return null; }
}

const wanted = [kept(), ...navigator.languages.map((name) => name.slice(0, 2))];
let now = wanted.find((name) => languages.includes(name)) ?? languages[0];

export const language = () => now;

export function speak(name) {
  now = name;
  document.documentElement.lang = name;
  document.title = say("class.title");
  try { localStorage.setItem(KEPT, name); } catch { /* a phone that keeps nothing asks its own language again */ }
}

export function say(key, values = {}) {
  const [owner, name] = key.split(".");
  return fill(data.words[now][owner]?.[name], values, key);
}
