// Reading a month of the street: the visits and the stories that the market played, as numbers in a row.

// Takes the small numbers of a code apart, by the bases that the data give.
function decoded(code, parts) {
  const found = {};
  for (const [name, size] of Object.entries(parts)) {
    found[name] = code % size;
    code = Math.floor(code / size);
  }
  return found;
}

const chunks = (flat, size) => Array.from({ length: flat.length / size }, (_, i) => flat.slice(i * size, (i + 1) * size));

const NO_DEAL = new Set(["walked_away", "referred", "declined"]);
const [MET, PASSED_ON, COVERED, SENT] = [0, 1, 2, 3];
const [BY_MEMORY, BY_CONTACT] = [0, 1];

function visitOf([customer, code, gain, before, after], street) {
  const { outcome, source, how, issue, client } = decoded(code, street.parts);
  const name = street.outcomes[outcome];
  return {
    customer, gain, before, after, issue,
    sold: name !== "turned_away" && !NO_DEAL.has(name),
    no: NO_DEAL.has(name),
    noTime: name === "turned_away",
    passed: how === PASSED_ON || how === COVERED,
    sent: how === SENT,
    mine: how === MET || how === SENT,
    returned: source === BY_MEMORY && client === 1,
    advised: source === BY_CONTACT,
  };
}

// The months of a year: visits, stories, hours taken, money so far.
export const monthsOf = (year, street) => year.curve.map((earned, k) => ({
  earned,
  hours: year.hours[k],
  visits: chunks(year.visits[k], 5).map((numbers) => visitOf(numbers, street)),
  stories: chunks(year.told[k], 4).map(([teller, listener, good, trust]) => ({ teller, listener, good: good === 1, trust })),
}));

// Everybody who knows you after some months, in the order in which they came to: trust in percent, and whether you met.
export function acquaintances(months) {
  const people = new Map();
  const know = (customer, trust, met) => {
    people.set(customer, { trust, met: met || (people.get(customer)?.met ?? false) });
  };
  for (const { visits, stories } of months) {
    for (const { customer, after } of visits) know(customer, after, true);
    for (const { listener, trust } of stories) know(listener, trust, false);
  }
  return people;
}

const COUNTED = ["sold", "no", "noTime", "passed", "sent", "returned"];

// How many visits of some months were of each kind, and how many heard good and bad.
export function counts(months) {
  const visits = months.flatMap((month) => month.visits);
  const stories = months.flatMap((month) => month.stories);
  const found = Object.fromEntries(COUNTED.map((name) => [name, visits.filter((visit) => visit[name]).length]));
  const good = stories.filter((story) => story.good).length;
  return { ...found, came: visits.length, good, bad: stories.length - good };
}
