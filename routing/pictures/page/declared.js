"use strict";
/* What is declared, and what each binding did so far. */

function showTopology(answer, steps) {
  const { topology } = state;
  const told = state.step === null ? [] : steps.slice(0, state.step + 1);
  const names = [...new Set([...topology.exchanges, ...answer.path.map(named)].map((each) => each.name))];
  fill("topology",
    names.map((name) => exchangeCard(name, answer, told)),
    deadLetters(),
    answer.loaded.leftOut.slice(0, MOST_SHOWN).map(({ part, why }) => {
      return el("p", { class: "fails" }, "✗ left out: ", code(partSaid(part)), `: ${why}`);
    }));
}

/* Name a part of what is declared: a queue, an exchange or a binding. */
function partSaid(part) {
  if (typeof part === "string" || part.name !== undefined) return writeKey(part.name ?? part);
  const asked = writeBinding(part, typeOf(part.source));
  return `${writeExchange(part.source)} ${asked} → ${writeKey(part.destination)}`;
}

const MORTAL = ["x-message-ttl", "x-max-length", "x-max-length-bytes", "x-dead-letter-exchange"];

/* List the queues in which messages may die. */
function deadly() {
  const { arguments: given, rejecting } = lessonNow();
  const dying = Object.keys(given).filter((queue) => {
    return pairs(given[queue]).some(([name]) => MORTAL.includes(name));
  });
  return [...new Set([...dying, ...rejecting])];
}

/* Tell of each queue in which messages die why, and where they go on to. */
function deadLetters() {
  return deadly().slice(0, MOST_SHOWN).map((queue) => {
    const table = { arguments: lessonNow().arguments[queue] };
    const causes = pairs(table.arguments).filter(([name]) => /^x-m/.test(name) && MORTAL.includes(name));
    const said = [...lessonNow().rejecting.includes(queue) ? ["all is rejected"] : [],
      ...causes.map((each) => writeTable({ "!type": "table", value: [each] }))].join(", ");
    const [to, key] = ["exchange", "routing-key"].map((each) => argument(table, `x-dead-letter-${each}`));
    const onward = typeof to !== "string" ? " is gone" : ` goes on to exchange ${writeExchange(to)}${
      typeof key === "string" ? `, with key ${writeKey(key)}` : ""}`;
    return el("p", null, "† what dies in queue ", code(writeKey(queue)), said ? ` (${said})` : "", onward);
  });
}

function named({ exchange }) {
  return { name: exchange };
}

/* Show an exchange with its bindings, and of each that was asked so far what it did. */
function exchangeCard(name, answer, told) {
  const at = answer.path.findIndex((station) => station.exchange === name);
  const station = answer.path[at];
  const declared = answer.loaded.ready.exchanges.get(name) ?? { name, type: "not there" };
  const bindings = station?.bindings ?? answer.loaded.ready.bindings.get(name) ?? [];
  const [shown, more] = mostOf(bindings, (each) => each.takes);
  const asked = new Set(told.filter((step) => step.at === at).map((step) => step.number));
  const now = told.at(-1);
  const here = now && !now.end && now.at === at;
  const alternate = alternateOf(declared);
  return el("section", { class: `exchange${here ? " now" : ""}` },
    el("h3", null, name === "" ? "the default exchange" : ["exchange ", code(writeKey(name))],
      `, type ${declared.type}${declared.internal ? ", internal" : ""}`),
    el("ul", null, shown.map((binding) => {
      const number = bindings.indexOf(binding);
      const isNow = Boolean(here) && now.number === number;
      return bindingRow(binding, declared.type, asked.has(number) && station, isNow);
    })),
    more ? el("p", { class: "quiet" }, `and ${more} more`) : "",
    bindings.length ? "" : el("p", { class: "quiet" }, "nothing is bound to it"),
    alternate === undefined ? ""
      : el("p", null, "⇢ what no binding takes goes to exchange ", code(writeKey(alternate))),
    (answer.loaded.doubts.get(name) ?? "") && el("p", { class: "fails" },
      `? not decided: ${answer.loaded.doubts.get(name)}`),
    told.filter((step) => step.at === at && step.number === undefined).slice(1)
      .map((step) => el("p", null, `⇢ ${step.said}`)));
}

/* Show a binding; asked: whether it is told what it does with the message. */
function bindingRow(binding, type, asked, now) {
  const does = asked ? binding.takes ? "takes" : "leaves" : "";
  const sign = { takes: "● ", leaves: "· " }[does] ?? "";
  return el("li", { class: `binding ${does}${now ? " now" : ""}`, "aria-current": now && "step" },
    sign, code(writeBinding(binding, type)), isQueues(binding) ? " → queue " : " → exchange ",
    code(writeKey(binding.destination)),
    asked ? el("span", { class: "why" }, `${binding.takes ? "takes it" : "leaves it"}: ${binding.told}`) : "",
    asked ? laidOut(binding, type) : "");
}

/* Lay what is asked for under what was sent: words, or headers; nothing where another key decided. */
function laidOut(binding, type) {
  const { routing_key: key } = state.message;
  if (binding.told.startsWith("by the ")) return "";
  if (type === "headers") return headersUnder(binding);
  return type === "topic" ? wordsUnder(binding, key) : "";
}

function wordsUnder(binding, key) {
  const laid = columns(splitWords(binding.routing_key), splitWords(key), binding.reason);
  const shown = (word) => word === undefined ? "–" : writeWord(word);
  return under("key", "binding", laid.map((each) => {
    return [shown(each.sent), each.goesOn ? "⋯" : shown(each.wanted), fails(each)];
  }));
}

function headersUnder(binding) {
  const version = numbers(state.version);
  const [seen] = withEachKey(state.message, version);
  return under("message", "binding", criteria(binding).map(([name, wanted]) => {
    const sent = header(seen, name);
    const written = (value) => writeTable({ "!type": "table", value: [[name, value]] });
    const asked = asksForPresence(wanted) ? `${writeKey(name)} is there` : written(wanted);
    return [sent === undefined ? "–" : written(sent), asked, !meets(name, wanted, seen, version)];
  }));
}

/* Show two lines, one under the other, with what does not fit marked. */
function under(above, below, cells) {
  if (!cells.length || cells.length > 12) return "";
  const row = (label, all) => el("tr", null, el("th", { scope: "row" }, label), all);
  const given = { class: "words scroll", tabindex: 0, role: "group", "aria-label": "one under the other" };
  return el("div", given, el("table", null,
    row(above, cells.map(([sent]) => el("td", null, sent))),
    row(below, cells.map(([, wanted, wrong]) => {
      return el("td", { class: wrong ? "fails" : "" }, `${wrong ? "✗ " : ""}${wanted}`);
    }))));
}
