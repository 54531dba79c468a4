"use strict";
/* How a pattern lies on a key: which of their words are held against each other, as in
routing/view/fit.py.  A column is {sent, wanted, goesOn}; a word that is not there is undefined. */

/* Lay a pattern on a key, so that what the reason tells of is where it tells it. */
function columns(pattern, words, reason) {
  const [first, ...others] = segments(pattern);
  if (!others.length) return sideBySide(words, first);
  const last = others.at(-1);
  const room = reason.from_end ? 0 : Math.min(first.length, words.length);
  const ends = Math.max(words.length - last.length, room);
  const begins = Math.min(first.length, ends);
  return [
    ...sideBySide(words.slice(0, begins), first),
    ...between(others.slice(0, -1), words, begins, ends),
    ...sideBySide(words.slice(ends).reverse(), [...last].reverse()).reverse(),
  ];
}

function sideBySide(words, pattern) {
  return range(0, Math.max(words.length, pattern.length)).map((at) => {
    return { sent: words[at], wanted: pattern[at] };
  });
}

/* Lay what stands from the first `#` to the last one on the words from one place to another. */
function between(parts, words, begins, ends) {
  const found = [];
  for (const part of parts) {
    const at = places(part, words, begins, ends)[0] ?? nearestPlace(part, words, begins, ends);
    found.push(...hashOver(words.slice(begins, at ?? begins)));
    part.forEach((wanted, number) => {
      found.push({ sent: at === undefined ? undefined : words[at + number], wanted });
    });
    begins = at === undefined ? begins : at + part.length;
  }
  return [...found, ...hashOver(words.slice(begins, ends))];
}

/* Find the place that has most words of a part that fits nowhere, if one has any. */
function nearestPlace(part, words, begins, ends) {
  let [best, most] = [undefined, 0];
  for (const at of range(begins, ends - part.length + 1)) {
    const met = part.map((wanted, number) => {
      const sent = words[at + number];
      return wanted === sent ? 2 : Number(differInCase(sent, wanted));
    }).reduce((sum, each) => sum + each, 0);
    if (met > most) [best, most] = [at, met];
  }
  return best;
}

/* Lay a `#` over the words that it takes, or beside them all. */
function hashOver(words) {
  const over = words.length ? words : [undefined];
  return over.map((sent, place) => ({ sent, wanted: "#", goesOn: place > 0 }));
}

/* Tell whether one of the two words is missing, or they are not the same. */
function fails({ sent, wanted }) {
  if (sent === undefined || wanted === undefined) return wanted !== "#";
  return !["#", "*", sent].includes(wanted);
}
