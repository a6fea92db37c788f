// Where results come from: here, the file itself.

export const data = JSON.parse(document.getElementById("data").textContent);

// The results at one setting of the dials.
export const cell = (state) => data.cells[data.dials.map((dial) => state[dial.key]).join("-")];

// Cumulative profit of one arm from month 0 on: the line to draw, and its band if it is a median.
export function path(state, arm) {
  const found = cell(state).arms[state.where][arm];
  const from0 = (numbers) => [0, ...numbers];
  if (state.luck >= 0) return { line: from0(found.runs[state.luck]) };
  return { line: from0(found.median), low: from0(found.low), high: from0(found.high) };
}

export const exchanges = (state, arm) => cell(state).arms[state.where][arm].exchanges[state.horizon];

// Percent of the revenue that came from customers who had bought before.
export const repeat = (state, arm) => cell(state).arms[state.where][arm].repeat[state.horizon];

// The paired difference left − right at a horizon.
export const difference = (state, horizon) => cell(state).differences[state.where][state.contrast][horizon];
