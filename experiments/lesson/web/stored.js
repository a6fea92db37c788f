// Where results come from: here, the file itself.

const data = JSON.parse(document.getElementById("data").textContent);

export const first = { data, state: {} };

export const game = (take) => take(data.game);

// The results at one setting of the dials.
export const cell = (state) => data.cells[data.dials.map((dial) => state[dial.key]).join("-")];

export const picture = () => data.picture;

export const runs = () => data.seeds;

// What came out at the default dials and over all of them, in words.
export const said = (state, pair) => ["default", "grid"].map((part) =>
  data.conclusion[part].find((one) => one.contrast === pair && one.where === state.where));

// What is said while there is no result yet: here they all are there.
export const waits = () => "";
