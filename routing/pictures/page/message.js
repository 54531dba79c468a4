"use strict";
/* The message: one of the lesson's, or one that is typed. */

function showMessage() {
  const { message, topology } = state;
  const chosen = el("select", { id: "own" },
    el("option", { value: "" }, "your own"),
    lessonNow().messages.map(({ publish }, number) => {
      const said = `${number + 1}  ${messageSaid(publish, typeOf(publish.exchange))}`;
      return el("option", { value: number, selected: number === state.number }, said);
    }));
  chosen.onchange = after(() => {
    if (chosen.value !== "") take(Number(chosen.value));
    else state.number = null;
  }, { form: true });
  const asked = (changes) => {
    after(() => ask({ ...state.message, ...changes }))();
    chosen.value = state.number ?? "";
  };
  const exchanges = [...new Set(["", ...topology.exchanges.map((each) => each.name), message.exchange])];
  const exchange = el("select", { id: "exchange" }, exchanges.map((name) => {
    return el("option", { value: name, selected: name === message.exchange }, writeExchange(name));
  }));
  exchange.onchange = () => asked({ exchange: exchange.value });
  const key = el("input", { id: "key", value: message.routing_key, autocomplete: "off",
    autocapitalize: "off", spellcheck: "false" });
  key.oninput = () => reading(key, "The key", (text) => asked({ routing_key: text }));
  fill("message",
    el("div", { class: "row" }, el("label", null, "one of these ", chosen)),
    el("div", { class: "row" },
      el("label", null, "exchange ", exchange), el("label", null, "key ", key)),
    tableEditor("header", "header", message.headers, (table, form) => {
      if (form) after(() => ask({ ...state.message, headers: table }), { form })();
      else asked({ headers: table });
    }));
}

function typeOf(exchange) {
  return state.topology.exchanges.find((each) => each.name === exchange)?.type ?? "";
}

/* Write a message for a list, by what its exchange looks at. */
function messageSaid(message, type) {
  const sent = pairs(message.headers).length ? writeTable(message.headers) : "";
  if (type === "headers") return sent || "(no headers)";
  return sent ? `${writeKey(message.routing_key)}  ${sent}` : writeKey(message.routing_key);
}
