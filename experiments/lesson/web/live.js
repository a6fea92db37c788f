// The source of results: the server that sent this page. It runs towns while the reader watches.

export const data = JSON.parse(document.getElementById("data").textContent);

const { scenario, key } = data.live;

// The market of this page, as the server is asked for it.
export const market = () => [["scenario", scenario], ...(key ? [["key", key]] : []), ["months", data.months]];

// Refusals of the server, one line each; without lines it did not answer.
class Refused extends Error {
  constructor(errors) {
    super(errors.join("; "));
    this.errors = errors;
  }
}

async function asked(address, signal) {
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Refused((await answer.json()).errors);
  return answer;
}

// Gives the data of a part of the page to a function, or the reason why there are none to another: null, if the
// server does not answer. The first time that a scenario is opened, its markets have to be run.
export async function part(name, take, refuse) {
  if (data[name]) { take(data[name]); return; }
  await given("part", { name }, (found) => {
    data[name] = found;
    take(found);
  }, refuse);
}

// Gives a year of the street to a function: the last of a path of choices.
export const year = (_, path, take, refuse) => given("year", { path: path.join(".") }, take, refuse);

async function given(what, more, take, refuse) {
  let found;
  try {
    found = await (await asked(`${what}?${new URLSearchParams([...market(), ...Object.entries(more)])}`)).json();
  } catch (error) {
    refuse(error instanceof Refused ? error.message : null);
    return;
  }
  take(found);
}

let running = null;

// Runs the town anew and gives a function its course as it grows: { course, finished } or { errors }, and sizes.
export async function course(levels, take, more = []) {
  running?.abort();
  const mine = running = new AbortController();
  const now = { course: null, finished: false, sizes: null };
  try {
    const answer = await asked(`run?${new URLSearchParams([...market(), ...Object.entries(levels), ...more])}`, mine.signal);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = "";;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) grow(now, JSON.parse(line));
      if (!mine.signal.aborted) take(now);
    }
    if (!now.finished) throw new Error("the answer broke off");
  } catch (error) {
    if (mine.signal.aborted) return;
    take({ ...now, errors: error instanceof Refused ? error.errors : null, failed: true });
  }
}

// Enters a message of the server.
function grow(now, message) {
  if (message.stopped) throw new Refused([message.stopped]);
  if (message.customers) now.sizes = message;
  else if (message.course) Object.assign(now, { course: message.course, finished: true });
  else {
    now.course ??= { lead: { median: [], low: [], high: [] }, ours: [], theirs: [] };
    for (const part of ["median", "low", "high"]) now.course.lead[part].push(message.lead[part]);
    for (const side of ["ours", "theirs"]) now.course[side].push(message[side]);
  }
}
