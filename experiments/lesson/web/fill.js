// Puts values into words: fill("{n} came", { n: 3 }, "street.came").

export function fill(words, values, key) {
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`no value for {${name}} in ${key}`);
    return values[name];
  });
}
