"use strict";
/* Values of AMQP field tables, as routing/amqp/values.py has them.

A value is as in `route --json`: plain JSON, or {"!type": ..., "value": ...} where that is not
enough.  A table is an object, or where the order of its names would be lost, a list of pairs under
its type.  A whole number that JavaScript cannot hold is written as text under its type. */

const utf8 = new TextEncoder();

/* Give a value its AMQP type: a whole number is an int32 where it fits. */
function typed(value) {
  if (value === null || value === undefined) return { type: "void", value: null };
  if (typeof value === "boolean") return { type: "bool", value };
  if (typeof value === "number") return { type: fitsInt32(value) ? "int32" : "int64", value };
  if (typeof value === "string") return { type: "longstr", value };
  if (Array.isArray(value)) return { type: "array", value };
  if (Object.hasOwn(value, "!type")) return { type: value["!type"], value: value.value };
  return { type: "table", value: Object.entries(value) };
}

function fitsInt32(number) {
  return -(2 ** 31) <= number && number < 2 ** 31;
}

/* List the names and values of a table, which may be missing. */
function pairs(table) {
  return table ? typed(table).value : [];
}

const LETTERS = {
  int8: "b", uint8: "B", int16: "s", uint16: "u", int32: "I", uint32: "i", int64: "l",
  int64L: "l" /* one and the same type to RabbitMQ */, float32: "f", float64: "d",
  timestamp: "T", decimal: "D", bytes: "x", bool: "t", longstr: "S", void: "V",
  array: "A", table: "F",
};

/* Give what a broker of this version makes of a value, as text: two are the same if these are. */
function term(value, version) {
  const field = typed(value);
  switch (field.type) {
    case "void": return "undefined";
    case "bool": return field.value ? "true" : "false";
    case "longstr": return `binary ${[...utf8.encode(field.value)].map(octet).join("")}`;
    case "bytes": return `binary ${field.value.toLowerCase()}`;
    case "float32": return floatTerm(Math.fround(field.value), version);
    case "float64": return floatTerm(Number(field.value), version);
    case "decimal": return `(${field.value.map((part) => `number ${part}`).join(",")})`;
    case "array": return `(${field.value.map((each) => nested(each, version)).join(",")})`;
    case "table":
      return `(${field.value.map(([name, each]) => {
        return `(${term(name, version)},${nested(each, version)})`;
      }).join(",")})`;
  }
  return `number ${BigInt(field.value)}`;
}

function octet(number) {
  return number.toString(16).padStart(2, "0");
}

function floatTerm(number, version) {
  if (!atLeast(version, EXACT_NUMBERS)) {
    return `number ${Number.isInteger(number) ? BigInt(number) : number}`;
  }
  return `float ${Object.is(number, -0) && signedZeros(version) ? "-0" : number}`;
}

/* Give a value inside an array or table, where its type is compared too. */
function nested(value, version) {
  return `(${LETTERS[typed(value).type]},${term(value, version)})`;
}

/* Tell whether there is no infinity and no NaN in a value, which Erlang does not have. */
function hasOnlyNumbers(value) {
  const field = typed(value);
  if (field.type.startsWith("float")) return Number.isFinite(Number(field.value));
  if (field.type === "table") return field.value.every(([, each]) => hasOnlyNumbers(each));
  return field.type !== "array" || field.value.every(hasOnlyNumbers);
}

/* The versions from which RabbitMQ does otherwise; routing/amqp/versions.py has their sources. */
const NOT_ONLY_PLAIN_MODES = [3, 10, 0];
const EXACT_NUMBERS = [3, 13, 0];
const LAST_HEADER = [3, 13, 0];
const TYPE_REFUSED_ON_CHANNEL = [3, 13, 3];
const ONE_OF_ITS_QUEUES = { "x-local-random": [4, 0, 0], "x-modulus-hash": [4, 3, 0] };
const SIGNED_ZERO_ERLANG = 27;
const SIGNED_ZERO = [4, 0, 3];
const SHARED_EMPTY_KEY = "4.3.0";
const ANY_REPLY_KEY = [4, 1, 0];
const NO_REPLY_BINDING = [4, 2, 6];
const FEW_HASHES = [4, 3, 5];
const MOST_HASHES = 2;

/* Tell whether a version, [4, 3, 6] say, is this one or a newer one. */
function atLeast(version, since) {
  const differs = since.findIndex((number, place) => version[place] !== number);
  return differs < 0 || version[differs] > since[differs];
}

/* Tell whether 0.0 and -0.0 differ: by the Erlang of a version, if that is known. */
function signedZeros(version) {
  return version[3] ? version[3] >= SIGNED_ZERO_ERLANG : atLeast(version, SIGNED_ZERO);
}
