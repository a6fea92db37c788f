// The page's words, with values put in. A stand-in until the shell brings its own.
import { data } from "./source.js";

export const say = (key, values = {}) => key.split(".").reduce((words, part) => words[part], data.words)
  .replace(/\{(\w+)\}/g, (_, name) => values[name]);
