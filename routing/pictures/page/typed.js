"use strict";
/* Headers and arguments, typed with their types. */

const KINDS_TYPED = {
  text: { of: (field) => field.type === "longstr", read: (value) => value, such: "eu" },
  "whole number": { of: (field) => /^int(32|64)$/.test(field.type), read: readWhole, such: "1" },
  "with a point": { of: (field) => field.type === "float64", read: readFloat, such: "1.5" },
  "true or false": { of: (field) => typeof field.value === "boolean", read: readBool, such: "true" },
  "no value": { of: (field) => field.type === "void", read: () => null },
  "any, as JSON": { of: () => true, read: (value) => JSON.parse(value), such: '["a", "b"]' },
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
  const rows = [];
  const reread = () => {
    const read = rows.map((row, at) => readRow(row, rows, noun, at));
    read.forEach((each, at) => { entries[at] = each ?? entries[at]; });
    if (read.every(Boolean)) give(false);
    else after(() => { state.step = null; })();
  };
  entries.forEach(([name, value], at) => {
    const remove = () => {
      state.wrong.delete(`${id}-${at}`);
      if (state.wrong.size) return show(); // that is to be put right first
      entries.splice(at, 1);
      return give(true);
    };
    rows.push(rowEditor(`${id}-${at}`, `${noun} ${at + 1}`, name, value, reread, remove));
  });
  const add = button(`${id}-add`, `add ${noun === "argument" ? "an" : "a"} ${noun}`, () => {
    if (state.wrong.size) return show();
    entries.push([freeName(entries.map(([name]) => name)), ""]);
    return give(true);
  });
  return el("div", null, rows.map(({ node }) => node), add);
}

/* Make what one name and value are typed in. */
function rowEditor(id, said, name, value, reread, remove) {
  const kindOf = Object.keys(KINDS_TYPED).find((each) => KINDS_TYPED[each].of(typed(value)));
  const label = (what) => ({ "aria-label": `${what} of ${said}` });
  const named = el("input", { id: `${id}-name`, value: name, size: 10, ...label("name") });
  const kind = el("select", { id: `${id}-kind`, ...label("type") },
    Object.keys(KINDS_TYPED).map((each) => el("option", { selected: each === kindOf }, each)));
  const given = el("input", { id: `${id}-value`, value: shownValue(value, kindOf), size: 10,
    ...label("value") });
  for (const each of [named, given]) each.oninput = reread;
  kind.onchange = reread;
  const away = button(`${id}-remove`, "remove", remove, { "aria-label": `remove ${said}` });
  return { id, named, kind, given, node: el("div", { class: "row" }, named, kind, given, away) };
}

/* Read a row as a name and a value; what cannot be read is told, and keeps the message from going. */
function readRow(row, rows, noun, at) {
  const { id, named, kind, given } = row;
  const wrongName = nameRefused(row, rows, noun);
  const [value, wrongValue] = valueOf(kind.value, given.value);
  named.setAttribute("aria-invalid", String(wrongName !== ""));
  given.setAttribute("aria-invalid", String(wrongValue !== ""));
  const said = wrongName || wrongValue;
  if (said) state.wrong.set(id, `${noun} ${at + 1}: ${said}`);
  else state.wrong.delete(id);
  return said ? undefined : [named.value, value];
}

/* Say why a name cannot be one, if it cannot. */
function nameRefused(row, rows, noun) {
  const again = rows.some((each) => each !== row && each.named.value === row.named.value);
  if (noun === "argument" && again) return "there is one of this name already: change the name.";
  try {
    readShort(row.named.value);
  } catch (error) {
    return `its name cannot be sent (${error.message}): change it.`;
  }
  return "";
}

/* Read a value; gives it, or why it is none. */
function valueOf(kind, given) {
  const { read, such } = KINDS_TYPED[kind];
  try {
    return [readValue(read(given)), ""];
  } catch (error) {
    const why = kind === "any, as JSON" ? ` (${error.message})` : "";
    return [undefined, `its value is not read${why}: write "${kind}", such as ${such}.`];
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
