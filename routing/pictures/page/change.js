"use strict";
/* Bindings and queues, changed. */

function showChange() {
  const { topology } = state;
  const changed = (bindings, form) => {
    after(() => declare({ ...state.topology, bindings }), { form })();
  };
  const [shown] = mostOf(topology.bindings, () => false);
  fill("change",
    shown.map((binding, at) => bindingEditor(binding, at, typeOf(binding.source), changed)),
    newBinding(changed), newQueue(),
    button("restore", "undo all changes", after(restore, { form: true })));
}

/* Let one binding be changed. */
function bindingEditor(binding, at, type, changed) {
  const replaced = (given, form) => {
    changed(state.topology.bindings.map((each, number) => {
      return number === at ? { ...each, ...given } : each;
    }), form);
  };
  const said = `${writeExchange(binding.source)} → ${writeKey(binding.destination)}`;
  const key = el("input", { id: `binding-${at}-key`, value: binding.routing_key, size: 20,
    "aria-label": `binding key of ${said}` });
  key.oninput = () => reading(key, `The binding key of ${said}`, (text) => {
    replaced({ routing_key: text }, false);
  });
  return el("fieldset", null,
    el("legend", null, code(said)),
    el("div", { class: "row" }, type === "headers" ? "" : key,
      button(`binding-${at}-remove`, "remove", () => {
        changed(state.topology.bindings.filter((_, number) => number !== at), true);
      }, { "aria-label": `remove the binding ${said}` })),
    type !== "headers" ? "" : tableEditor(`binding-${at}`, "argument", binding.arguments,
      (table, form) => replaced({ arguments: table }, form)));
}

/* Read a name or a key that is typed, and do something with it; what cannot be one is told. */
function reading(input, noun, change) {
  let said = "";
  try {
    readShort(input.value);
  } catch (error) {
    said = `${noun} cannot be sent (${error.message}): shorten it.`;
  }
  input.setAttribute("aria-invalid", String(said !== ""));
  if (said) state.wrong.set(input.id, said);
  else state.wrong.delete(input.id);
  if (said) after(() => { state.step = null; })();
  else change(input.value);
}

/* Let a binding be added: of any exchange, to any queue or exchange. */
function newBinding(changed) {
  const { exchanges, queues } = state.topology;
  const sources = [...exchanges.map(({ name }) => name), ...Object.keys(PREDECLARED)];
  const source = el("select", { id: "new-source" }, sources.map((name) => {
    return el("option", { value: name }, writeKey(name));
  }));
  const ends = [...queues.map((name) => ["queue", name]), ...exchanges.map(({ name }) => ["exchange", name])];
  const end = el("select", { id: "new-end" }, ends.slice(0, 2 * MOST_SHOWN).map(([noun, name], at) => {
    return el("option", { value: at }, `${noun} ${writeKey(name)}`);
  }));
  const key = el("input", { id: "new-key", size: 20 });
  key.oninput = () => reading(key, "The key of the new binding", () => show());
  const add = button("new-binding", "bind", () => reading(key, "The key of the new binding", (text) => {
    const [destination_type, destination] = ends[Number(end.value)];
    const made = { source: source.value, destination, destination_type, routing_key: text, arguments: {} };
    changed([...state.topology.bindings, made], true);
  }), { off: !ends.length });
  return el("div", { class: "row" }, el("label", null, "bind exchange ", source),
    el("label", null, "to ", end), el("label", null, "with key ", key), add);
}

function newQueue() {
  const name = el("input", { id: "new-name", size: 12 });
  name.oninput = () => reading(name, "The name of the new queue", () => show());
  const add = button("new-queue", "declare", () => reading(name, "The name of the new queue", (text) => {
    const queues = [...new Set([...state.topology.queues, text])];
    if (text) after(() => declare({ ...state.topology, queues }), { form: true })();
  }));
  return el("div", { class: "row" }, el("label", null, "a new queue ", name), add);
}
