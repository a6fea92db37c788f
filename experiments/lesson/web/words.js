// The words of the page, one object per language and owner: say("shell.count", { n: 3, of: 16 }).

import { fill } from "./fill.js";
import { data } from "./stored.js"; // in the live page live.js stands there
import { declare, get } from "./state.js";

export const languages = Object.keys(data.words);

// The language of the browser, where the page has it.
const usual = navigator.languages.map((name) => name.slice(0, 2)).find((name) => languages.includes(name)) ?? languages[0];

declare("lang", usual, languages);

export const language = () => get("lang");

// Whether there are such words.
export const has = (key) => find(key) !== undefined;

function find(key) {
  const [owner, name] = key.split(".");
  return data.words[language()][owner]?.[name];
}

export const say = (key, values = {}) => fill(find(key), values, key);
