// The source of results: the server that sent this page. It runs the market while the reader watches.

const data = JSON.parse(document.getElementById("data").textContent);
const { asked, defaults } = data.live;

export const first = { data, defaults, state: asked };

const nothing = () => ({ months: 0, cell: null, said: null, markets: null, status: "", errors: [] });
let now = nothing();
let shown = null; // the market picture
let running = null;
let painting = null;
let listener = () => {};

export const onNews = (found) => { listener = found; };

// Calls the listener, at most some twenty times a second.
let soon = null;
function news() {
  soon ??= setTimeout(() => { soon = null; listener(); }, 50);
}

async function fetched(what, asked, take, refuse) {
  const answer = await fetch(`${what}?${new URLSearchParams({ scenario: data.live.scenario, ...asked })}`);
  const found = await answer.json();
  if (answer.ok) take(found); else refuse(found.errors.join("; "));
}

export const street = (take, refuse) => fetched("street", {}, take, refuse);

// A year of the street: the last of a path of choices.
export const year = (_, path, take, refuse) => fetched("year", { path: path.join(".") }, take, refuse);

export const cell = () => now.cell;
export const picture = () => shown;
export const runs = (state) => state.runs;
export const said = () => [now.said, null];
export const status = () => now;
export const waits = () => (now.errors.length ? "It cannot be run. The reason is at the bottom of the page." : "The market is being run.");

// Reads an answer line by line.
async function lines(address, signal, take) {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Refused((await answer.json()).errors);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = "";;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) take(JSON.parse(part));
  }
}

class Refused extends Error {
  constructor(errors) {
    super(errors.join("; "));
    this.errors = errors;
  }
}

// Asks for something, and reports a failure unless the request was called off.
async function ask(address, controller, take) {
  try {
    await lines(address, controller.signal, take);
  } catch (error) {
    if (controller.signal.aborted) return;
    now.errors = error instanceof Refused ? error.errors
      : ["the server does not answer; start it again with: longgame page"];
    news();
  }
}

// Calls off the request that runs, and forgets its results: the reader asks for something else now.
export function forget() {
  running?.abort();
  now = nothing();
  news();
}

// Runs the market anew.
export function run(query, where) {
  forget();
  running = new AbortController();
  const mine = now;
  return ask(`run?${query}`, running, (message) => {
    if (message.markets) Object.assign(mine, { markets: message.markets, last: message.months });
    else if (message.stopped) mine.errors = [message.stopped];
    else if (message.cell) Object.assign(mine, { cell: message.cell, said: message.said, finished: true });
    else grow(mine, where, message);
    news();
  });
}

// Enters one month more.
function grow(mine, where, { month, arms }) {
  mine.months = month;
  mine.cell ??= { arms: { [where]: {} } };
  for (const [name, { runs, ...spread }] of Object.entries(arms)) {
    const one = mine.cell.arms[where][name] ??= { median: [], low: [], high: [], runs: runs.map(() => []) };
    for (const [part, amount] of Object.entries(spread)) one[part].push(amount);
    runs.forEach((amount, i) => one.runs[i].push(amount));
  }
}

// Plays the market picture anew.
export function paint(query) {
  painting?.abort();
  painting = new AbortController();
  shown = null;
  news();
  return ask(`picture?${query}`, painting, (message) => {
    if (message.places) shown = { ...message, markets: {} };
    else if (message.stopped) now.errors = [message.stopped];
    else {
      for (const [name, [letters, stories]] of Object.entries(message.shown)) {
        const market = shown.markets[name] ??= { months: [], stories: [] };
        market.months.push(letters);
        market.stories.push(stories);
      }
    }
    news();
  });
}
