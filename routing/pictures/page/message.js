"use strict";
/* The message: one of the lesson's, or one that is typed. */

function showMessage() {
  const { message, topology } = state;
  const own = lessonNow().messages.map(({ publish }, number) => {
    const type = topology.exchanges.find((each) => each.name === publish.exchange)?.type ?? "";
    return [number, `${number + 1}  ${messageSaid(publish, type)}`];
  });
  const chosen = el("select", { id: "own" },
    el("option", { value: "" }, "your own"),
    own.map(([value, label]) => el("option", { value, selected: value === state.number }, label)));
  chosen.onchange = after(() => {
    if (chosen.value === "") ask(state.message);
    else take(Number(chosen.value));
  }, { form: true });
  const typed = (changes) => after(() => {
    ask({ ...state.message, ...changes });
    chosen.value = "";
  });
  const exchanges = ["", ...topology.exchanges.map((each) => each.name)];
  const known = exchanges.includes(message.exchange) ? exchanges : [...exchanges, message.exchange];
  const exchange = el("select", { id: "exchange" }, known.map((name) => {
    return el("option", { value: name, selected: name === message.exchange }, writeExchange(name));
  }));
  exchange.onchange = () => typed({ exchange: exchange.value })();
  const key = el("input", { id: "key", value: message.routing_key, size: 24, autocomplete: "off",
    autocapitalize: "off", spellcheck: "false" });
  key.oninput = () => typed({ routing_key: key.value })();
  fill("message",
    el("div", { class: "row" }, el("label", null, "one of these ", chosen)),
    el("div", { class: "row" },
      el("label", null, "exchange ", exchange), el("label", null, "routing key ", key)),
    tableEditor("header", message.headers, false, (table, form) => {
      after(() => ask({ ...state.message, headers: table }), { form })();
      if (!form) chosen.value = "";
    }));
}

/* Write a message for a list. */
function messageSaid(message, type) {
  const sent = pairs(message.headers).length ? writeTable(message.headers) : "";
  if (type === "headers") return sent || "(no headers)";
  return sent ? `${writeKey(message.routing_key)}  ${sent}` : writeKey(message.routing_key);
}
