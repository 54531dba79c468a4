"use strict";
/* The four rules by which an exchange of each type asks: does this binding take this message.

The same as in routing/rules/matching.py, and held against it.  A binding has a routing_key, which
is its binding key, and arguments; a message has a routing_key and headers. */

/* Take a message whose routing key is the binding key, letter for letter. */
function direct(binding, message) {
  return binding.routing_key === message.routing_key;
}

/* Take every message. */
function fanout() {
  return true;
}

/* Take a message whose words fit the pattern: `*` is exactly one word, `#` zero or more. */
function topic(binding, message) {
  const words = splitWords(message.routing_key);
  let ends = [0]; // how many words the pattern, so far, can have used up
  for (const wanted of splitWords(binding.routing_key)) {
    if (wanted === "#") {
      ends = ends.length ? range(ends[0], words.length + 1) : ends;
    } else {
      ends = ends
        .filter((end) => end < words.length && (wanted === "*" || wanted === words[end]))
        .map((end) => end + 1);
    }
  }
  return ends.includes(words.length);
}

/* Take a message whose headers meet all of the criteria, or any one of them. */
function headers(binding, message, version) {
  const met = ([name, wanted]) => meets(name, wanted, message, version);
  const wanted = criteria(binding);
  return matchMode(binding).startsWith("any") ? wanted.some(met) : wanted.every(met);
}

const RULES = { direct, fanout, topic, headers };

/* Split a key into its words; the empty key has none, and an empty word is a word. */
function splitWords(key) {
  return key === "" ? [] : key.split(".");
}

function range(begin, end) {
  return Array.from({ length: Math.max(0, end - begin) }, (_, place) => begin + place);
}

/* Tell whether all or any of the criteria must be met. */
function matchMode(binding) {
  const given = argument(binding, "x-match");
  return given === undefined ? "all" : String(typed(given).value);
}

function argument(binding, name) {
  const found = pairs(binding.arguments).find(([each]) => each === name);
  return found && found[1];
}

/* Pick the arguments that a message is held against: with a plain mode, not those with `x-`. */
function criteria(binding) {
  const withX = matchMode(binding).endsWith("-with-x");
  return pairs(binding.arguments).filter(([name]) => {
    return name !== "x-match" && (withX || !name.startsWith("x-"));
  });
}

/* Tell whether a criterion asks only that the header is there: AMQP's void. */
function asksForPresence(wanted) {
  return typed(wanted).type === "void";
}

/* Tell whether the message has this header, with the value that is wanted, if one is. */
function meets(name, wanted, message, version) {
  const sent = header(message, name);
  return sent !== undefined && (
    asksForPresence(wanted) || term(wanted, version) === term(asRouted(sent, version), version)
  );
}

function header(message, name) {
  const found = pairs(message.headers).find(([each]) => each === name);
  return found && found[1];
}

/* Give a header as the broker routes by it: from 3.13 on it turns seconds to milliseconds. */
function asRouted(sent, version) {
  const field = typed(sent);
  if (field.type !== "timestamp" || !atLeast(version, EXACT_NUMBERS)) return sent;
  return { "!type": "timestamp", value: String(BigInt(field.value) * 1000n) };
}
