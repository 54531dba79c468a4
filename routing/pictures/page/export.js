"use strict";
/* What is declared, as the files that exchange-routing and RabbitMQ read. */

/* Write TOML: a topology, and a message; left: takes what that cannot hold, in words. */
function asToml(topology, message, queueArguments, left) {
  const held = topology.bindings.filter((each) => {
    const holds = isPlain(pairs(each.arguments));
    if (!holds) left(`the binding ${writeTable(each.arguments)}`);
    return holds;
  });
  const blocks = [
    `queues = ${tomlValue(topology.queues)}\n`,
    ...topology.exchanges.map((each) => tomlBlock("[[exchanges]]", each)),
    ...held.map((each) => tomlBlock("[[bindings]]", each)),
    ...Object.entries(queueArguments).map(([queue, table]) => {
      return tomlBlock(`[arguments.${tomlKey(queue)}]`, Object.fromEntries(pairs(table)));
    }),
    tomlBlock("[[messages]]", message),
  ];
  return blocks.join("\n");
}

function tomlBlock(heading, table) {
  const entries = Object.entries(table).filter(([, value]) => value !== undefined);
  return [heading, ...entries.map(([name, value]) => `${tomlKey(name)} = ${tomlValue(value)}`), ""]
    .join("\n");
}

function tomlKey(name) {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : tomlText(name);
}

function tomlText(text) {
  return JSON.stringify(text).replace(/(?! )[\p{C}\p{Z}]/gu, (letter) => {
    return `\\U${letter.codePointAt(0).toString(16).padStart(8, "0")}`;
  });
}

/* Write a value; TOML has no null, and its numbers with a point are doubles.

exact: within a value whose type is named, where a number with a point is none by itself. */
function tomlValue(value, exact = false) {
  if (value === null) return '{ "!type" = "void" }';
  if (typeof value === "string") return tomlText(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map((each) => tomlValue(each, exact)).join(", ")}]`;
  const { type, value: content } = typed(value);
  const isFinite = type === "float64" && Number.isFinite(Number(content));
  if (isFinite && !exact) return writeFloat(Number(content));
  if (type === "table" && isPlain(content)) {
    return `{ ${content.map(([k, each]) => `${tomlKey(k)} = ${tomlValue(each, exact)}`).join(", ")} }`;
  }
  const inner = isFinite ? writeFloat(Number(content)) : tomlContent(type, content);
  return `{ "!type" = ${tomlText(type)}, value = ${inner} }`;
}

/* Write what stands under a type, where large numbers are text. */
function tomlContent(type, content) {
  const number = typeof content === "string" && /int|timestamp/.test(type);
  return number ? content : tomlValue(content, true);
}

/* Tell whether no name comes twice, so that a table of pairs can be a plain one. */
function isPlain(entries) {
  const names = new Set(entries.map(([name]) => name));
  return names.size === entries.length && !names.has("!type");
}

/* Write definitions that RabbitMQ imports; left: takes what they cannot hold, in words. */
function asDefinitions(topology, queueArguments, left) {
  const lasting = { vhost: "/", durable: true, auto_delete: false };
  const held = topology.bindings.filter((each) => {
    const holds = pairs(each.arguments).every(([, value]) => isHeld(value));
    if (!holds) left(`the binding ${writeTable(each.arguments)}`);
    return holds;
  });
  const rest = (noun, name, table) => {
    const lost = pairs(table).filter(([, value]) => !isHeld(value));
    lost.forEach((each) => left(`${noun} ${writeKey(name)}: ${writeTable({ "!type": "table", value: [each] })}`));
    return heldTable(table);
  };
  return JSON.stringify({
    exchanges: topology.exchanges.map(({ name, type, internal, arguments: given }) => {
      const kept = rest("exchange", name, given);
      return { name, type, internal: Boolean(internal), arguments: kept, ...lasting };
    }),
    queues: topology.queues.map((name) => {
      return { name, arguments: rest("queue", name, queueArguments[name]), ...lasting };
    }),
    bindings: held.map((each) => ({ ...each, arguments: heldTable(each.arguments), vhost: "/" })),
  }, null, 2);
}

/* Tell whether JSON has a value as an import reads it: lists and tables would change their types. */
function isHeld(value) {
  const { type, value: content } = typed(value);
  if (type === "float64") return Number.isFinite(content) && !Number.isInteger(content);
  const kinds = { longstr: "string", bool: "boolean", int32: "number", int64: "number" };
  return Object.hasOwn(kinds, type) && typeof content === kinds[type];
}

function heldTable(table) {
  const held = pairs(table).filter(([, value]) => isHeld(value));
  return Object.fromEntries(held.map(([name, value]) => [name, typed(value).value]));
}
