"use strict";
/* Headers and arguments, typed with their types. */

const KINDS_TYPED = {
  text: { of: (field) => field.type === "longstr", read: (value) => value },
  "whole number": { of: (field) => /^int(32|64)$/.test(field.type), read: readWhole, such: "1" },
  "with a point": { of: (field) => field.type === "float64", read: readFloat, such: "1.5" },
  "true or false": { of: (field) => typeof field.value === "boolean", read: readBool, such: "true" },
  "no value": { of: (field) => field.type === "void", read: () => null },
  "any, as JSON": { of: () => true, read: (value) => readValue(JSON.parse(value)), such: '["a", "b"]' },
};
/* What can be typed: which values it is shown for, how it is read, and an example. */

function readWhole(value) {
  if (!/^-?\d+$/.test(value)) throw new SyntaxError("no whole number");
  const number = BigInt(value);
  if (number < -(2n ** 63n) || number >= 2n ** 63n) throw new RangeError("more than 64 bits");
  return Number.isSafeInteger(Number(value)) ? Number(value) : { "!type": "int64", value };
}

function readFloat(value) {
  const isNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value));
  if (!isNumber) throw new SyntaxError("no number");
  return { "!type": "float64", value: Object.is(Number(value), -0) ? "-0.0" : Number(value) };
}

function readBool(value) {
  if (!/^(true|false)$/i.test(value)) throw new SyntaxError("neither true nor false");
  return /^true$/i.test(value);
}

/* Let headers or arguments be typed; changed: takes the table, and whether rows come or go. */
function tableEditor(id, noun, table, changed) {
  const entries = pairs(table).map(([name, value]) => [name, value]);
  const give = (form) => changed({ "!type": "table", value: entries }, form);
  const add = button(`${id}-add`, `add ${noun === "argument" ? "an" : "a"} ${noun}`, () => {
    entries.push([freeName(entries.map(([name]) => name)), ""]);
    give(true);
  });
  return el("div", null, entries.map((_, at) => rowEditor(`${id}-${at}`, noun, entries, at, give)), add);
}

/* Let one name and value be typed; what cannot be read is told, and keeps the message from going. */
function rowEditor(id, noun, entries, at, give) {
  const [name, value] = entries[at];
  const kindOf = Object.keys(KINDS_TYPED).find((each) => KINDS_TYPED[each].of(typed(value)));
  const label = (what) => ({ "aria-label": `${what} of ${noun} ${at + 1}` });
  const named = el("input", { id: `${id}-name`, value: name, size: 10, ...label("name") });
  const kind = el("select", { id: `${id}-kind`, ...label("type") },
    Object.keys(KINDS_TYPED).map((each) => el("option", { selected: each === kindOf }, each)));
  const given = el("input", { id: `${id}-value`, value: shownValue(value, kindOf), size: 10,
    ...label("value") });
  const read = () => {
    const now = readRow(named.value, kind.value, given.value, noun, entries, at);
    const isRead = Array.isArray(now);
    given.setAttribute("aria-invalid", String(!isRead));
    if (isRead) {
      state.wrong.delete(id);
      entries[at] = now;
      give(false);
    } else {
      state.wrong.set(id, `${noun} ${at + 1}: ${now}`);
      after(() => { state.step = null; })();
    }
  };
  for (const each of [named, given]) each.oninput = read;
  kind.onchange = read;
  const remove = button(`${id}-remove`, "remove", () => {
    entries.splice(at, 1);
    give(true);
  }, { "aria-label": `remove ${noun} ${at + 1}` });
  return el("div", { class: "row" }, named, kind, given, remove);
}

/* Read a name and a value as a pair, or say in a sentence what is wrong with them. */
function readRow(name, kind, given, noun, entries, at) {
  const again = noun === "argument" && entries.some(([each], place) => place !== at && each === name);
  if (again) return "there is one of this name already: change the name.";
  try {
    readShort(name);
  } catch (error) {
    return `the name cannot be sent (${error.message}): change it.`;
  }
  const { read, such } = KINDS_TYPED[kind];
  try {
    return [name, readValue(read(given))];
  } catch {
    return `its value is not read: write "${kind}"${such ? `, such as ${such}` : ""}.`;
  }
}

/* Give a name that is not there yet. */
function freeName(names) {
  const free = range(1, names.length + 2).find((number) => !names.includes(`name${number}`));
  return `name${free}`;
}

function shownValue(value, kindOf) {
  const { value: content } = typed(value);
  if (kindOf === "any, as JSON") return JSON.stringify(value);
  return content === null ? "" : kindOf === "with a point" ? writeFloat(content) : String(content);
}
