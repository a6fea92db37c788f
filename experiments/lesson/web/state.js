// The choices of the reader, in the address: #screen?name=value&... So a reload keeps them, and a link shares them.

const names = new Map(); // name to { usual, permitted }
const values = new Map();
const watchers = [];

// What the address names that is not known here: pairs of name and value.
let unknown = [];
export const refused = () => unknown;

// Declares a choice: its usual value, and the permitted values or a function that tells them. Values are text.
export function declare(name, usual, permitted) {
  names.set(name, { usual, permitted: typeof permitted === "function" ? permitted : (value) => permitted.includes(value) });
}

export const usual = (name) => names.get(name).usual;
export const get = (name) => values.get(name) ?? usual(name);

export function here() {
  const [screen] = location.hash.slice(1).split("?");
  return decodeURIComponent(screen);
}

// The address of a screen with the choices as they are, or with some of them changed.
export function address(screen, changes = {}) {
  const chosen = [...names.keys()].map((name) => [name, changes[name] ?? get(name)])
    .filter(([name, value]) => value !== usual(name));
  return `#${screen}${chosen.length ? `?${new URLSearchParams(chosen)}` : ""}`;
}

function tell(changed) {
  for (const [watched, show] of watchers) if (watched.some((name) => changed.includes(name))) show(changed);
}

function put(changes) {
  const changed = Object.keys(changes).filter((name) => get(name) !== changes[name]);
  for (const name of changed) values.set(name, changes[name]);
  return changed;
}

export function set(changes) {
  const changed = put(changes);
  if (!changed.length) return;
  history.replaceState(null, "", address(here()));
  tell(changed);
}

// Calls the function now, and after every change of one of the names.
export function watch(watched, show) {
  watchers.push([watched, show]);
  show(watched);
}

// Takes the choices from the address; what is not known there stays as usual and is refused.
export function read() {
  const given = new URLSearchParams(location.hash.split("?").slice(1).join("?"));
  unknown = [...given].filter(([name, value]) => !names.get(name)?.permitted(value));
  const wanted = Object.fromEntries([...names].map(([name, { usual, permitted }]) =>
    [name, given.has(name) && permitted(given.get(name)) ? given.get(name) : usual]));
  tell(put(wanted));
}
