"use strict";
/* Why a binding takes a message, or leaves it: a reason with just what makes it true, as in
`route --json`, and its sentence.  The same as routing/rules/why*.py and reasons.py. */

/* Say why a binding of an exchange of this type takes a message or leaves it. */
function explain(exchangeType, binding, message, version) {
  switch (exchangeType) {
    case "direct": return explainDirect(binding, message);
    case "topic": return explainTopic(binding.routing_key, message.routing_key);
    case "headers": return explainHeaders(binding, message, version);
    case "fanout": return { code: "every-message", text: "takes every message" };
  }
  return { code: "one-of-those", text: "each message goes to one of those that are bound" };
}

/* Compare two keys as a whole. */
function explainDirect(binding, message) {
  const [wanted, sent] = [binding.routing_key, message.routing_key];
  const ofQueue = binding.source === "";
  if (wanted === sent) {
    const text = ofQueue ? "the key is the queue's name" : "the same key";
    return { code: "same-key", text, of_queue: ofQueue };
  }
  if (!ofQueue && topic(binding, message)) { // which a class expects to take it
    return { code: "no-wildcards", text: "no wildcards here: only the very same key" };
  }
  return { code: "other-key", text: differ(sent, wanted, writeKey), sent, wanted };
}

/* Tell which words each wildcard takes, or what stands in the pattern's way. */
function explainTopic(bindingKey, routingKey) {
  const [pattern, words] = [splitWords(bindingKey), splitWords(routingKey)];
  const obstacle = obstacleIn(pattern, words);
  if (obstacle) return obstacle;
  const wild = taken(segments(pattern), words);
  const text = wild.map(([sign, by]) => `${sign} is ${writeWords(by)}`).join(", ");
  return { code: "fits", text: text || "the same words", taken: wild };
}

/* Split a pattern at each `#`: the first part begins the key, the last one ends it. */
function segments(pattern) {
  const parts = [[]];
  for (const word of pattern) {
    if (word === "#") parts.push([]);
    else parts[parts.length - 1].push(word);
  }
  return parts;
}

/* Tell what keeps a pattern from fitting first; nothing where it fits. */
function obstacleIn(pattern, words) {
  const [first, ...others] = segments(pattern);
  const needed = pattern.filter((word) => word !== "#");
  const wrong = wrongWord(first, words, false);
  if (wrong) return wrong;
  if (words.length < needed.length && (words.length < first.length || !words.length)) {
    const wanted = needed[words.length];
    return { code: "no-word-left", text: `no word left for ${writeWord(wanted)}`, wanted };
  }
  if (others.length) {
    const late = wrongWord([...others.at(-1)].reverse(), [...words].reverse(), true);
    if (late) return late;
  }
  if (words.length < needed.length) return tooFewWords(words.length, needed.length);
  if (others.length) return nowhere([first, ...others], words);
  return words.length > needed.length ? tooManyWords(words.slice(needed.length)) : undefined;
}

/* Find the word of a key that differs from that of a pattern which has a fixed place. */
function wrongWord(wanted, words, fromEnd) {
  const at = wanted.findIndex((word, place) => {
    return place < words.length && word !== "*" && word !== words[place];
  });
  if (at < 0) return undefined;
  const last = ["last word", "last word but one"][at] ?? `word ${at + 1} from the end`;
  const text = `${fromEnd ? last : `word ${at + 1}`}: ${differ(words[at], wanted[at], writeWord)}`;
  const parts = { place: at + 1, from_end: fromEnd, sent: words[at], wanted: wanted[at] };
  return { code: "wrong-word", text, ...parts };
}

function tooFewWords(words, needed) {
  const text = `${counted(words)}, but ${needed} are needed`;
  return { code: "too-few-words", text, words, needed };
}

function tooManyWords(left) {
  const text = `${counted(left.length)} too many: ${writeWords(left)}`;
  return { code: "too-many-words", text, left };
}

function counted(words) {
  return words === 1 ? "one word" : `${words} words`;
}

/* Tell which part between two `#` finds no place, where each stands as early as it can. */
function nowhere(parts, words) {
  const starts = placed(parts, words);
  if (starts.length === parts.length) return undefined;
  const segment = parts[starts.length];
  let before = words.length - parts.at(-1).length;
  let after = starts.at(-1) + parts[starts.length - 1].length;
  if (places(segment, words, 0, words.length).length === 0) [after, before] = [0, words.length];
  const inCase = places(segment, words, after, before, differInCase).length > 0;
  const found = { segment, after, before: before + 1, words: words.length, in_case: inCase };
  return { code: "nowhere", text: saidOfNowhere(found), ...found };
}

function saidOfNowhere({ segment, after, before, words, in_case: inCase }) {
  return `no ${missingFrom(segment)}${partOfKey(after, before, words)}${
    inCase ? " (capitals count)" : ""}`;
}

/* Name what is missing; stars alone lack words, whichever. */
function missingFrom(segment) {
  const written = writeWords(segment);
  const many = segment.length;
  if (segment.every((word) => word === "*")) {
    return many === 1 ? `word left for ${written}` : `${many} words left for ${written}`;
  }
  return many === 1 ? `word ${written}` : `words ${written} in a row`;
}

/* Name the part of a key that is meant; nothing where that is the whole key. */
function partOfKey(after, before, words) {
  if (after && before <= words) return ` between word ${after} and word ${before}`;
  if (after) return ` after word ${after}`;
  return before <= words ? ` before word ${before}` : "";
}

/* Give the place where each part of a pattern begins, as early as it can; as far as they fit. */
function placed(parts, words) {
  const ends = words.length - parts.at(-1).length;
  const starts = [];
  let begins = 0;
  for (const part of parts.slice(0, -1)) {
    const [at] = places(part, words, begins, ends);
    if (at === undefined) return starts;
    starts.push(at);
    begins = at + part.length;
  }
  return [...starts, ends];
}

/* Give each place within a part of a key where a part of a pattern can begin. */
function places(part, words, begins, ends, wouldDo = () => false) {
  return range(begins, ends - part.length + 1).filter((at) => {
    return part.every((word, place) => {
      const sent = words[at + place];
      return sent === undefined || word === "*" || word === sent || wouldDo(sent, word);
    });
  });
}

/* Give each wildcard of a pattern that fits with the words that it takes. */
function taken(parts, words) {
  const starts = placed(parts, words);
  const found = [];
  let ends = 0;
  parts.forEach((part, number) => {
    const at = starts[number];
    if (number) found.push(["#", words.slice(ends, at)]);
    ends = at + part.length;
    part.forEach((word, place) => {
      if (word === "*") found.push([word, [words[at + place]]]);
    });
  });
  return found;
}

/* Tell which criteria the headers of a message meet, and which names are passed over. */
function explainHeaders(binding, message, version) {
  const wanted = criteria(binding);
  const names = wanted.map(([name]) => name);
  const given = pairs(binding.arguments).map(([name]) => name);
  const skipped = given.filter((name) => name !== "x-match" && !names.includes(name));
  const any = matchMode(binding).startsWith("any");
  const without = saidOfSkipped(skipped);
  if (!wanted.length) {
    const text = any ? "nothing that could be met" : "nothing is asked for";
    return { code: "nothing-asked", text: text + without, skipped, any };
  }
  const met = wanted.filter(([name, value]) => meets(name, value, message, version));
  if (met.length === wanted.length || (any && met.length)) {
    const named = met.map(([name, value]) => [name, asksForPresence(value)]);
    const listed = named.map(([name, is]) => writeKey(name) + (is ? " is there" : "")).join(", ");
    const text = `${any ? "one is enough" : "all met"}: ${listed}${without}`;
    return { code: "met", text, skipped, any, names: named };
  }
  const lacking = wanted.filter((each) => !met.includes(each))
    .map(([name, value]) => lack(name, value, message, version));
  const text = lacking.map((each) => each.text).join("; ") + without;
  return { code: "not-met", text, skipped, criteria: lacking.map(({ text: _, ...each }) => each) };
}

/* Say which arguments play no part, because their names start with `x-`. */
function saidOfSkipped(skipped) {
  if (!skipped.length) return "";
  return ` (${skipped.map(writeKey).join(", ")} ${skipped.length === 1 ? "is" : "are"} skipped)`;
}

/* Tell what a header lacks to meet its criterion. */
function lack(name, wanted, message, version) {
  const sent = header(message, name);
  const named = writeKey(name);
  if (sent === undefined) {
    const removed = name === "BCC" ? " (RabbitMQ removes it)" : "";
    return { code: "no-header", text: `no header ${named}${removed}`, name };
  }
  const [one, other] = tellApart(writeValue(sent), writeValue(wanted));
  if (!comparable(sent, wanted, version)) {
    const [is, wantedIs] = [kind(sent), kind(wanted)];
    const text = `${named}: ${one} is ${is}, ${other} is ${wantedIs}`;
    return { code: "other-type", text, name, sent, sent_is: is, wanted, wanted_is: wantedIs };
  }
  const routed = typed(asRouted(sent, version));
  if (String(routed.value) === String(typed(sent).value)) {
    return { code: "other-value", text: `${named}: ${one} is not ${other}`, name, sent, wanted };
  }
  const text = `${named}: it counts ${routed.value} ms, and not ${writeValue(wanted)}`;
  return { code: "milliseconds", text, name, milliseconds: plainNumber(routed.value), wanted };
}

/* Give a whole number as a value, without its type where that would be an int32 or int64. */
function plainNumber(text) {
  return Number.isSafeInteger(Number(text)) ? Number(text) : { "!type": "int64", value: text };
}

const KINDS = {
  longstr: "a string", bytes: "a string", float32: "a float", float64: "a float",
  array: "a list", bool: "a boolean", void: "no value",
};

/* Name the type of a header value, as far as a student tells types apart. */
function kind(value) {
  const { type } = typed(value);
  return type.includes("int") ? "an integer" : KINDS[type] ?? `a ${type}`;
}

/* Tell whether a value of the type of the one could be the same as the other. */
function comparable(sent, wanted, version) {
  const numbers = ["an integer", "a timestamp"];
  if (!atLeast(version, EXACT_NUMBERS)) numbers.push("a float");
  const [one, other] = [kind(sent), kind(wanted)];
  const lists = ["a list", "a table"]; // an empty one of either is the same
  const both = (kinds) => kinds.includes(one) && kinds.includes(other);
  const empty = one !== other && both(lists) && !(pairs(sent).length && pairs(wanted).length);
  return one === other || both(numbers) || empty;
}
