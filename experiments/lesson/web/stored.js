// The source of results: the file itself.

export const data = JSON.parse(document.getElementById("data").textContent);

// Gives the data of a part of the page to a function; there is no reason why there should be none.
export const part = (name, take) => take(data[name]);

// Gives a year of the street to a function: the last of a path of choices.
export const year = ({ tree }, [together, first, ...later], take) =>
  take(later.reduce((node, way) => node.then[way], tree[together][first]));

// Gives the course of the sandbox's town to a function, at the levels of its dials.
export const course = (levels, take) => take({ course: data.sandbox.courses[data.sandbox.dials
  .map(({ key, levels: all }) => all.findIndex(({ value }) => value === levels[key])).join("-")], finished: true });
