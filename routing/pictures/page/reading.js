"use strict";
/* What comes from anybody, by a link or typed: read as routing/amqp/json_form.py and json_value.py
read it, and refused by what is thrown. */

const MOST_BYTES = 255;
const MOST_NESTED = 100;

const WHOLE = {
  int8: [-(2n ** 7n), 2n ** 7n], uint8: [0n, 2n ** 8n], int16: [-(2n ** 15n), 2n ** 15n],
  uint16: [0n, 2n ** 16n], int32: [-(2n ** 31n), 2n ** 31n], uint32: [0n, 2n ** 32n],
  int64: [-(2n ** 63n), 2n ** 63n], int64L: [-(2n ** 63n), 2n ** 63n], timestamp: [0n, 2n ** 64n],
};
/* From which number on, and up to which. */

function refuse(why) {
  throw new TypeError(why);
}

/* Read what is declared. */
function readTopology(given) {
  const { exchanges, queues, bindings } = given ?? {};
  if (![exchanges, queues, bindings].every(Array.isArray)) refuse("what is declared cannot be read");
  return {
    exchanges: exchanges.map(({ name, type, arguments: given, internal }) => ({
      name: readShort(name), type: readShort(type), arguments: readArguments(given),
      internal: internal === true,
    })),
    queues: queues.map(readShort),
    bindings: bindings.map((each) => ({
      source: readShort(each.source), destination: readShort(each.destination),
      destination_type: each.destination_type === "exchange" ? "exchange" : "queue",
      routing_key: readShort(each.routing_key), arguments: readArguments(each.arguments),
    })),
  };
}

/* Read a name or a key. */
function readShort(given) {
  const text = readText(given);
  const bytes = utf8.encode(text).length;
  if (bytes > MOST_BYTES) refuse(`it has ${bytes} bytes, and ${MOST_BYTES} are the most`);
  return text;
}

function readText(given) {
  if (typeof given !== "string") refuse("a name, a key or a text is none");
  if (/\p{Cs}/u.test(given)) refuse("there is half a letter in a text");
  return given;
}

/* Read arguments, in which no name comes twice. */
function readArguments(given) {
  const table = readTable(given ?? {});
  const names = pairs(table).map(([name]) => name);
  if (new Set(names).size < names.length) refuse("there is an argument of that name already");
  return table;
}

/* Read a table, with names that may come again. */
function readTable(given) {
  if (given === null || typeof given !== "object" || Array.isArray(given)) refuse("it is no table");
  const table = readValue(given);
  return typed(table).type === "table" ? table : refuse("it is no table");
}

/* Read a value; depth: in how many lists and tables it lies. */
function readValue(value, depth = 0) {
  if (depth > MOST_NESTED) refuse(`it lies in more than ${MOST_NESTED} lists and tables`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return readText(value);
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? value : refuse('large numbers, and those with a point, have a "!type"');
  }
  if (Array.isArray(value)) return value.map((each) => readValue(each, depth + 1));
  if (typeof value !== "object") refuse("it is no value");
  const { type, value: content } = typed(value);
  return type === "table" && !Object.hasOwn(value, "!type")
    ? { "!type": "table", value: readPairs(content, depth) } : readTyped(type, content, depth);
}

function readPairs(content, depth) {
  return content.map(([name, each]) => [readShort(name), readValue(each, depth + 1)]);
}

/* Read a value whose type is named. */
function readTyped(type, content, depth) {
  if (typeof type !== "string" || !Object.hasOwn(LETTERS, type)) refuse("there is no such type");
  switch (type) {
    case "void": return content === null || content === undefined ? null : refuse("void has no value");
    case "longstr": return readText(content);
    case "array": return content.map((each) => readValue(each, depth + 1));
    case "table": return { "!type": type, value: readPairs(content, depth) };
    case "float32":
    case "float64": return { "!type": type, value: readFloatOf(type, content) };
    case "bytes": return { "!type": type, value: /^([0-9a-f]{2})*$/i.test(content) ? content : refuse("hexadecimal") };
    case "decimal": return { "!type": type, value: readDecimal(content) };
    case "bool":
      return typeof content === "boolean" ? content : { "!type": type, value: readNumber("uint8", content) };
  }
  return { "!type": type, value: readNumber(type, content) };
}

/* Read a whole number, which may be text, and give it as it was. */
function readNumber(type, content) {
  const isText = typeof content === "string" && /^-?\d+$/.test(content);
  if (!isText && !Number.isSafeInteger(content)) refuse(`it is no ${type}`);
  const [from, to] = WHOLE[type];
  return BigInt(content) >= from && BigInt(content) < to ? content : refuse(`it is no ${type}`);
}

function readFloatOf(type, content) {
  if (["nan", "inf", "-inf", "-0.0"].includes(content)) return content;
  if (typeof content !== "number" || !Number.isFinite(content)) refuse("it is no number");
  const kept = type === "float64" || Number.isFinite(Math.fround(content));
  return kept ? content : refuse("it is too large for a float32");
}

function readDecimal(content) {
  if (!Array.isArray(content) || content.length !== 2) refuse("a decimal is [scale, unscaled]");
  return [readNumber("uint8", content[0]), readNumber("int32", content[1])];
}
