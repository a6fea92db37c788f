// The source of results: the file itself.

const data = JSON.parse(document.getElementById("data").textContent);

export const first = { data, state: {} };

export const street = (take) => take(data.street);

// A year of the street: the last of a path of choices.
export const year = ({ tree }, [together, first, ...later], take) =>
  take(later.reduce((node, way) => node.then[way], tree[together][first]));

// The results at one setting of the dials.
export const cell = (state) => data.cells[data.dials.map((dial) => state[dial.key]).join("-")];

export const picture = () => data.picture;

export const runs = () => data.seeds;

// The results at the default dials and over all settings, in words.
export const said = (state, pair) => ["default", "grid"].map((part) =>
  data.conclusion[part].find((one) => one.contrast === pair && one.where === state.where));

// The words while there is no result yet: here all results are there.
export const waits = () => "";
