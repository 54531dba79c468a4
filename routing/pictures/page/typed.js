"use strict";
/* Headers and arguments, typed with their types. */

const KINDS_TYPED = {
  text: [(value) => value, (field) => field.type === "longstr"],
  "whole number": [readWhole, (field) => /^int(32|64)$/.test(field.type)],
  "with a point": [readFloat, (field) => field.type === "float64"],
  "true or false": [(value) => value === "true", (field) => typeof field.value === "boolean"],
  "no value": [() => null, (field) => field.type === "void"],
  "any, as JSON": [(value) => JSON.parse(value), () => true],
};
/* What can be typed: how it is read, and which values it is shown for. */

function readWhole(value) {
  const number = BigInt(value);
  if (number < -(2n ** 63n) || number >= 2n ** 63n) throw new RangeError("more than 64 bits");
  return Number.isSafeInteger(Number(value)) ? Number(value) : { "!type": "int64", value };
}

function readFloat(value) {
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value)) throw new SyntaxError("no number");
  return { "!type": "float64", value: Object.is(Number(value), -0) ? "-0.0" : Number(value) };
}

/* Let headers or arguments be typed; changed: takes the table, and whether rows come or go. */
function tableEditor(id, table, criteriaToo, changed) {
  const entries = pairs(table).map(([name, value]) => [name, value]);
  const give = (form) => changed({ "!type": "table", value: entries }, form);
  const rows = entries.map(([name, value], at) => {
    const row = `${id}-${at}`;
    const kindOf = Object.keys(KINDS_TYPED).find((each) => KINDS_TYPED[each][1](typed(value)));
    const named = el("input", { id: `${row}-name`, value: name, size: 10, "aria-label": "name" });
    const kind = el("select", { id: `${row}-kind`, "aria-label": "type" },
      Object.keys(KINDS_TYPED).map((each) => el("option", { selected: each === kindOf }, each)));
    const given = el("input", { id: `${row}-value`, value: shownValue(value, kindOf), size: 10,
      "aria-label": "value" });
    const read = () => {
      try {
        const now = KINDS_TYPED[kind.value][0](given.value);
        readTable({ "!type": "table", value: [[named.value, now]] });
        given.removeAttribute("aria-invalid");
        notice("");
        entries[at] = [named.value, now];
        give(false);
      } catch {
        given.setAttribute("aria-invalid", "true");
        notice(`${given.value || "nothing"} is not of the type "${kind.value}": correct it.`);
      }
    };
    for (const each of [named, given]) each.oninput = read;
    kind.onchange = read;
    return el("div", { class: "row" }, named, kind, given, button(`${row}-remove`, "remove", () => {
      entries.splice(at, 1);
      give(true);
    }, { "aria-label": `remove ${name}` }));
  });
  const add = button(`${id}-add`, criteriaToo ? "add an argument" : "add a header", () => {
    entries.push([freeName(entries.map(([name]) => name)), ""]);
    give(true);
  });
  return el("div", null, rows, add);
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
