// The words of the page, one object per language and owner: say("shell.count", { n: 3, of: 16 }).

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

export function say(key, values = {}) {
  const words = find(key);
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`no value for {${name}} in ${key}`);
    return values[name];
  });
}
