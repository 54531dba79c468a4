"use strict";
/* How keys, values and bindings are written for a reader, as routing/amqp/notation.py and
routing/rules/apart.py write them; here nothing is shortened. */

const EMPTY_KEY = "(empty key)";
const EMPTY_WORD = "(an empty word)";
const NOTHING = "nothing";
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/u;

/* Write a routing or binding key, or a name, so that an empty or odd one is visible. */
function writeKey(key) {
  if (!key) return EMPTY_KEY;
  const odd = UNPRINTABLE.test(key) || key !== key.trim() || key[0] === '"' || key === EMPTY_KEY;
  return odd ? writeText(key) : key;
}

/* Write one word of a key; between two dots it can be empty. */
function writeWord(word) {
  if (!word) return EMPTY_WORD;
  return [EMPTY_KEY, EMPTY_WORD, NOTHING].includes(word) ? writeText(word) : writeKey(word);
}

/* Write some words of a key that follow one another, or that there are none. */
function writeWords(words) {
  if (!words.length) return NOTHING;
  return words.length === 1 ? writeWord(words[0]) : writeKey(words.join("."));
}

function writeExchange(name) {
  return name === "" ? "default exchange" : writeKey(name);
}

/* Write a string in double quotes, with whatever does not print escaped. */
function writeText(text) {
  const quoted = JSON.stringify(text);
  if (!UNPRINTABLE.test(quoted)) return quoted;
  return quoted.replace(/[^\x20-\x7e]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/* Write a value so that 1, "1" and True look as different as they route. */
function writeValue(value) {
  const { type, value: content } = typed(value);
  switch (type) {
    case "void": return "None";
    case "longstr": return writeText(content);
    case "bool": if (typeof content === "boolean") return content ? "True" : "False"; break;
    case "int32": return String(content);
    case "int64": if (!fitsInt32(Number(content))) return String(content); break;
    case "float64": return writeFloat(content);
    case "array": return `[${content.map(writeValue).join(", ")}]`;
    case "decimal": return `decimal([${content.join(", ")}])`;
    case "bytes": return `bytes(${writeBytes(content)})`;
    case "float32": return `float32(${writeFloat(content)})`;
    case "table": return writeEntries(content);
  }
  return `${type}(${typeof content === "boolean" ? writeValue(content) : content})`;
}

/* Write the entries of a table, in which a name may come twice. */
function writeEntries(entries) {
  const names = new Set(entries.map(([name]) => name));
  const written = entries.map(([name, value]) => [writeText(name), writeValue(value)]);
  if (names.size === entries.length && !names.has("!type")) {
    return `{${written.map((pair) => pair.join(": ")).join(", ")}}`;
  }
  return `table([${written.map((pair) => `[${pair.join(", ")}]`).join(", ")}])`;
}

/* Write bytes, which are given in hexadecimal, as Python does. */
function writeBytes(hexadecimal) {
  const letters = (hexadecimal.match(/../g) ?? []).map((pair) => parseInt(pair, 16));
  const quote = letters.includes(0x27) && !letters.includes(0x22) ? '"' : "'";
  const named = { 9: "\\t", 10: "\\n", 13: "\\r", 92: "\\\\", [quote.charCodeAt(0)]: `\\${quote}` };
  const written = letters.map((code) => {
    const plain = code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : `\\x${octet(code)}`;
    return named[code] ?? plain;
  });
  return `b${quote}${written.join("")}${quote}`;
}

/* Write a number with a point, as Python does. */
function writeFloat(number) {
  if (typeof number === "string" || Number.isNaN(number)) return String(number);
  const [digits, exponent] = number.toExponential().split("e");
  if (-4 <= exponent && exponent < 16) {
    const plain = Object.is(number, -0) ? "-0" : String(number);
    return plain.includes(".") ? plain : `${plain}.0`;
  }
  const sign = exponent < 0 ? "-" : "+";
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/* Write headers or arguments, one `name=value` after another. */
function writeTable(table) {
  return pairs(table).map(([name, value]) => `${writeKey(name)}=${writeValue(value)}`).join("  ");
}

/* Write what a binding asks for: its criteria on a headers exchange, elsewhere its key. */
function writeBinding(binding, exchangeType) {
  const asked = writeTable(binding.arguments);
  if (exchangeType === "headers") return asked || "(no arguments)";
  return asked ? `${writeKey(binding.routing_key)}  ${asked}` : writeKey(binding.routing_key);
}

/* Write all that is published: the exchange, the key and the headers. */
function sentSaid({ exchange, routing_key: key, headers: given }) {
  const table = pairs(given).length ? `, headers ${writeTable(given)}` : "";
  return `${writeExchange(exchange)} with ${writeKey(key)}${table}`;
}

/* Say that two words are not the same, and where only capitals differ, that. */
function differ(sent, wanted, write) {
  const [one, other] = tellApart(write(sent), write(wanted));
  return `${one} is not ${other}${differInCase(sent, wanted) ? " (capitals count)" : ""}`;
}

function differInCase(one, other) {
  return one !== other && one.toLowerCase() === other.toLowerCase()
    && one.toUpperCase() === other.toUpperCase();
}

/* Write two texts so that they differ to the eye, too. */
function tellApart(one, other) {
  return ink(one) === ink(other) ? [escaped(one), escaped(other)] : [one, other];
}

const LOOK_ALIKE = "АВЕЅІЈКМНОРСТУХаеіјорсухѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧνο";
const LATIN = "ABESIJKMHOPCTYXaeijopcyxsABEZHIKMNOPTYXvo";
const UNSEEN =
  /[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/gu;

/* Give what is to be seen of a text: the same for two that look alike. */
function ink(text) {
  return text.normalize("NFKC").replace(UNSEEN, "").replace(/[^\x00-\x7f]/g, (letter) => {
    return LATIN[LOOK_ALIKE.indexOf(letter)] ?? letter;
  });
}

/* Write whatever is not ASCII by its number. */
function escaped(text) {
  return [...text].map((letter) => {
    const number = letter.codePointAt(0);
    const digits = number.toString(16);
    if (number < 0x80) return letter;
    if (number < 0x100) return `\\x${digits}`;
    return number < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
  }).join("");
}
