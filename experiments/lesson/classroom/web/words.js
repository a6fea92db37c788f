// The words of both languages, as the lesson page has them: say("class.seller", { n: 3 }).

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
  const words = data.words[now][owner]?.[name];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (_, value) => {
    if (!(value in values)) throw new Error(`no value for {${value}} in ${key}`);
    return values[value];
  });
}

// Writes an amount as the language does, with a real minus sign.
export const amount = (number) => (Math.round(number) || 0).toLocaleString(now).replace("-", "−");
export const coins = (number) => say("class.coins", { n: amount(number) });
