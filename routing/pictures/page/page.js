"use strict";
/* The page: shows what is declared and a message, takes a guess, and tells the way step by step.

All that is foreign goes in as text; the policy of the page forbids anything else. */

const MOST_SHOWN = 200;
/* So many bindings of an exchange, or queues, are shown at once; a filter finds the others. */

const MOST_TOLD = 40;
/* So many bindings of an exchange are told step by step: all that take a message, if they can be. */

const score = new Map(); // of each question, the queues that were guessed wrong, with their rules
let playing = null;
let pause = 2000; // milliseconds between two steps
let filter = "";

/* Make an element; what is given begins with `on` is a listener, true and false set or leave out. */
function el(name, given, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(given ?? {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((each) => each !== undefined && each !== ""));
  return node;
}

const code = (written) => el("code", null, written);
const button = (id, label, onclick, given) => {
  return el("button", { id, type: "button", onclick, ...given }, label);
};

/* Fill a part of the page anew; what had the focus keeps it. */
function fill(id, ...nodes) {
  const part = document.getElementById(id);
  const before = part.contains(document.activeElement) ? document.activeElement : null;
  part.replaceChildren(...nodes.flat().filter((each) => each !== undefined));
  if (!before) return;
  const focused = document.getElementById(before.id) ?? part.querySelector("button");
  focused?.focus();
  if (before.selectionStart) focused?.setSelectionRange?.(before.selectionStart, before.selectionEnd);
}

/* Show all anew; form: also what is being typed into. */
function show({ form = false } = {}) {
  const answer = answerNow();
  const steps = stepsOf(answer);
  if (state.step !== null) state.step = Math.min(state.step, steps.length - 1);
  showTopology(answer, steps);
  if (form) [showHead(), showMessage(), showChange()];
  showAsk(answer, steps);
  showScore();
  showShare();
  history.replaceState(null, "", asLink());
  if (matchMedia("(min-width: 62rem)").matches) { // what is asked now may be beyond a long list
    document.querySelector(".binding.now")?.scrollIntoView({ block: "nearest" });
  }
}

/* Change something, and show what comes of it. */
function after(change, how) {
  return (event) => {
    stop();
    change(event);
    show(how);
  };
}

// ---- the steps of a message

/* List what is told, one after another: exchange, binding, note, and last what came of it. */
function stepsOf(answer) {
  const steps = answer.path.flatMap((station, at) => {
    const [told, more] = mostOf(station.bindings, (each) => each.takes, MOST_TOLD);
    return [
      { at, said: `The message is at ${exchangeSaid(station)}.` },
      ...told.map((each) => {
        const number = station.bindings.indexOf(each);
        return { at, number, said: verdictSaid(each, station) };
      }),
      ...more ? [{ at, said: `${more} more bindings were asked.` }] : [],
      ...station.notes.map((note) => ({ at, said: `${note}.` })),
    ];
  });
  return [...steps, { end: true, said: fateOf(answer) }];
}

function exchangeSaid({ exchange, type }) {
  return exchange === "" ? "the default exchange" : `exchange ${writeKey(exchange)} (${type})`;
}

function verdictSaid(binding, { type }) {
  const asked = writeBinding(binding, type);
  const where = `${isQueues(binding) ? "queue" : "exchange"} ${writeKey(binding.destination)}`;
  return binding.takes
    ? `${asked} takes it for ${where}: ${binding.told}.`
    : `${asked} leaves it, so not to ${where}: ${binding.told}.`;
}

/* Say what becomes of the message. */
function fateOf({ refused: no, undecided: why, queues }) {
  if (no) return `RabbitMQ refuses it at ${no.at}, with ${no.code}: ${no.why}.`;
  const sure = queues.length ? ` In any case it arrives in ${queues.map(writeKey).join(", ")}.` : "";
  if (why) return `Not decided: ${why}.${sure}`;
  if (queues.length) return `It arrives in ${queues.map(writeKey).join(", ")}.`;
  return "No queue takes it: it is dropped, or returned if it is mandatory.";
}

// ---- what is declared

function showTopology(answer, steps) {
  const { topology } = state;
  const told = state.step === null ? [] : steps.slice(0, state.step + 1);
  const names = [...new Set([...topology.exchanges, ...answer.path.map(named)].map((each) => each.name))];
  fill("topology",
    names.map((name) => exchangeCard(name, answer, told)),
    deadLetters(),
    answer.loaded.leftOut.slice(0, MOST_SHOWN).map(({ part, why }) => {
      const what = typeof part === "string" ? part : part.name ?? writeBinding(part, "");
      return el("p", { class: "fails" }, "✗ left out: ", code(writeKey(what)), `: ${why}`);
    }));
}

/* Tell where what dies in a queue goes on to, which is not followed here. */
function deadLetters() {
  const told = Object.entries(lessonNow().arguments).flatMap(([queue, table]) => {
    const to = argument({ arguments: table }, "x-dead-letter-exchange");
    return typeof to !== "string" ? [] : [el("p", null, "⇢ what dies in queue ",
      code(writeKey(queue)), " goes to exchange ", code(writeExchange(to)))];
  });
  return told.length ? [...told.slice(0, MOST_SHOWN),
    el("p", { class: "quiet" }, "This page follows a message into its queues, and no further.")] : [];
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
    el("h3", null, name === "" ? "default exchange" : code(writeKey(name)), ` ${declared.type}`,
      declared.internal ? el("span", { class: "quiet" }, " internal") : ""),
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

/* Give some of many, those first that are worth it, in their order, and count the others. */
function mostOf(all, worth, most = MOST_SHOWN) {
  if (all.length <= most) return [all, 0];
  const first = new Set([...all.filter(worth), ...all].slice(0, most));
  return [all.filter((each) => first.has(each)), all.length - first.size];
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
  return under("routing key", "binding key", laid.map((each) => {
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
  return el("div", { class: "words scroll" }, el("table", null,
    row(above, cells.map(([sent]) => el("td", null, sent))),
    row(below, cells.map(([, wanted, wrong]) => {
      return el("td", { class: wrong ? "fails" : "" }, `${wrong ? "✗ " : ""}${wanted}`);
    }))));
}

/* List the queues: to be guessed, and once it has ended, with what each got. */
function queueList(queues, answer, ended) {
  const all = [...new Set(queues)];
  const found = all.filter((queue) => writeKey(queue).includes(filter));
  const [shown, more] = mostOf(found, (queue) => ended && answer.queues.includes(queue));
  return [
    all.length > MOST_SHOWN ? el("label", null, "with ", el("input", {
      id: "filter", value: filter,
      oninput: (event) => { filter = event.target.value; show(); },
    })) : "",
    el("ul", { class: "row", "aria-label": "queues" }, shown.map((queue) => {
      return el("li", null, queueButton(queue, all.indexOf(queue), answer, ended));
    })),
    more ? el("p", { class: "quiet" }, `and ${more} more: type a part of a name`) : "",
  ];
}

function queueButton(queue, number, answer, ended) {
  const guessed = state.guess?.has(queue) ?? false;
  const gets = answer.queues.includes(queue);
  if (!ended) {
    const toggle = after(() => {
      state.guess = new Set(state.guess);
      state.guess[guessed ? "delete" : "add"](queue);
    });
    return button(`queue-${number}`, [guessed ? "☑ " : "☐ ", code(writeKey(queue))], toggle,
      { "aria-pressed": String(guessed), disabled: state.step !== null });
  }
  const judged = state.guess && (guessed === gets ? " ✓ as guessed" : " ✗ not as guessed");
  return el("span", { class: gets ? "takes" : "quiet" },
    gets ? "● " : "· ", code(writeKey(queue)), gets ? " a copy" : " none", judged ?? "");
}

// ---- the head, and the message

function showHead() {
  const options = (all, chosen) => all.map(([value, label]) => {
    return el("option", { value, selected: value === chosen }, label);
  });
  const lessons = document.getElementById("lesson");
  lessons.replaceChildren(...options(data.lessons.map((each, at) => [at, each.name]), state.lesson));
  lessons.onchange = after(() => begin(Number(lessons.value)), { form: true });
  const versions = document.getElementById("version");
  versions.replaceChildren(...options(data.versions.map((each) => [each, each]), state.version));
  versions.onchange = after(() => Object.assign(state, { version: versions.value, step: null }));
  fill("idea", lessonNow().lesson.split("\n").map((line) => el("p", null, line)));
}

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

function notice(said) {
  document.getElementById("notice").textContent = said;
}

// ---- guess, and travel

function showAsk(answer, steps) {
  const last = steps.length - 1;
  const go = (step) => after(() => { state.step = step(); });
  const none = state.guess !== null && state.guess.size === 0;
  const guessing = state.step === null;
  const at = state.step ?? -1;
  fill("queues",
    guessing ? el("p", { class: "screen" }, "Which queues get a copy?") : undefined,
    queueList(state.topology.queues, answer, at === last));
  fill("ask",
    guessing ? el("div", { class: "row screen" },
      button("none", `${none ? "☑" : "☐"} no queue`, after(() => {
        state.guess = none ? null : new Set();
      }), { "aria-pressed": String(none) })) : undefined,
    el("div", { class: "row screen", role: "group", "aria-label": "step by step" },
      button("first", "guess again", go(() => null), { disabled: guessing }),
      button("back", "◀ back", go(() => at === 0 ? null : at - 1), { disabled: guessing }),
      button("forward", guessing ? "see it travel ▶" : "forward ▶", go(() => at + 1),
        { disabled: at === last }),
      button("last", "at once", go(() => last), { disabled: at === last })),
    el("div", { class: "row screen" },
      button("play", playing ? "pause" : "by itself", () => playing ? halt() : play()),
      button("slower", "slower", () => speed(1.5)), button("faster", "faster", () => speed(1 / 1.5)),
      el("span", { class: "quiet" }, `${(pause / 1000).toFixed(1)} s a step`)));
  const said = guessing ? "" : `${at + 1} of ${steps.length}: ${steps[at].said}`;
  const status = document.getElementById("status");
  if (status.textContent !== said) status.textContent = said;
  if (at === last) judge(answer);
  fill("result", at === last ? resultOf(answer) : []);
}

function play() {
  playing = setInterval(() => {
    const last = stepsOf(answerNow()).length - 1;
    state.step = Math.min((state.step ?? -1) + 1, last);
    if (state.step === last) stop();
    show();
  }, pause);
  show();
}

function stop() {
  clearInterval(playing);
  playing = null;
}

function halt() {
  stop();
  show();
}

function speed(factor) {
  pause = Math.min(10_000, Math.max(300, pause * factor));
  const goesOn = playing !== null;
  stop();
  if (goesOn) play();
  else show();
}

/* Say what a real broker did, and where versions differ. */
function resultOf(answer) {
  const seen = seenNow();
  const agrees = seen && (answer.refused ? Boolean(seen.error)
    : JSON.stringify([...seen.queues].sort(byCodePoint)) === JSON.stringify(answer.queues));
  return [
    seen
      ? el("p", null, `${agrees ? "✓" : "✗ NOT as predicted:"} seen on RabbitMQ ${state.version}, ${data.date}: ${
        seen.queues.length ? seen.queues.map(writeKey).join(", ") : "no queue"}.`)
      : el("p", null, `Predicted for RabbitMQ ${state.version}; no broker was asked.`),
    ...elsewhere(answer),
  ];
}

/* Tell which of the other versions do something else. */
function elsewhere(answer) {
  if (state.topology.bindings.length > 2000) return [];
  return data.versions.filter((version) => version !== state.version).flatMap((version) => {
    const other = answerNow(numbers(version));
    const same = fateOf(other) === fateOf(answer);
    return same ? [] : [el("p", null, `Otherwise on RabbitMQ ${version} (predicted): ${fateOf(other)}`)];
  });
}

// ---- the score

/* Hold a guess against the answer; of each question the first guess counts. */
function judge(answer) {
  const question = JSON.stringify([state.lesson, state.version, state.message, state.topology]);
  if (state.guess === null || score.has(question) || answer.undecided) return;
  const wrong = [...new Set(state.topology.queues)].filter((queue) => {
    return state.guess.has(queue) !== answer.queues.includes(queue);
  });
  score.set(question, wrong.map((queue) => [queue, ruleFor(queue, answer, state.topology)]));
}

function showScore() {
  const asked = [...score.values()];
  const missed = new Map();
  for (const [, rule] of asked.flat()) missed.set(rule, (missed.get(rule) ?? 0) + 1);
  const right = asked.filter((wrong) => !wrong.length).length;
  fill("score",
    el("p", null, asked.length ? `${right} of ${asked.length} right, all queues of a message together.`
      : "Nothing is guessed yet."),
    missed.size ? el("p", null, "What was missed:") : undefined,
    el("ul", null, [...missed].sort((one, other) => other[1] - one[1]).map(([rule, times]) => {
      return el("li", null, `${times} × ${rule}`);
    })),
    asked.length ? button("afresh", "begin afresh", after(() => {
      score.clear();
      ask(state.message, state.number);
    }), { class: "screen" })
      : undefined);
}

// ---- changes, and what is taken home

function showChange() {
  const { topology } = state;
  const typeOf = (name) => topology.exchanges.find((each) => each.name === name)?.type ?? "";
  const changed = (bindings, form) => {
    after(() => declare({ ...state.topology, bindings }), { form })();
  };
  const [shown] = mostOf(topology.bindings, () => false);
  fill("change",
    shown.map((binding, at) => bindingEditor(binding, at, typeOf(binding.source), changed)),
    newBinding(changed), newQueue(),
    button("restore", "as the lesson has it", after(restore, { form: true }),
      { disabled: !state.changed }));
}

/* Let one binding be changed. */
function bindingEditor(binding, at, type, changed) {
  const replaced = (given, form) => {
    changed(state.topology.bindings.map((each, number) => {
      return number === at ? { ...each, ...given } : each;
    }), form);
  };
  const key = el("input", { id: `binding-${at}-key`, value: binding.routing_key, size: 20,
    "aria-label": "binding key" });
  key.oninput = () => replaced({ routing_key: key.value }, false);
  return el("fieldset", null,
    el("legend", null, code(writeExchange(binding.source)), " → ", code(writeKey(binding.destination))),
    el("div", { class: "row" }, type === "headers" ? "" : key,
      button(`binding-${at}-remove`, "remove", () => {
        changed(state.topology.bindings.filter((_, number) => number !== at), true);
      }, { "aria-label": `remove the binding ${at + 1}` })),
    type === "headers" ? tableEditor(`binding-${at}`, binding.arguments, true, (table, form) => {
      replaced({ arguments: table }, form);
    }) : "");
}

/* Let a binding be added: of any exchange, to any queue or exchange. */
function newBinding(changed) {
  const { exchanges, queues } = state.topology;
  const source = el("select", { id: "new-source" }, exchanges.map(({ name }) => {
    return el("option", { value: name }, writeKey(name));
  }));
  const ends = [...queues.map((name) => ["queue", name]), ...exchanges.map(({ name }) => ["exchange", name])];
  const end = el("select", { id: "new-end" }, ends.slice(0, 2 * MOST_SHOWN).map(([noun, name], at) => {
    return el("option", { value: at }, `${noun} ${writeKey(name)}`);
  }));
  const key = el("input", { id: "new-key", size: 20 });
  const add = button("new-binding", "bind", () => {
    const [destination_type, destination] = ends[Number(end.value)];
    const made = { source: source.value, destination, destination_type, routing_key: key.value, arguments: {} };
    changed([...state.topology.bindings, made], true);
  }, { disabled: !exchanges.length || !ends.length });
  return el("div", { class: "row" }, el("label", null, "bind exchange ", source),
    el("label", null, "to ", end), el("label", null, "with key ", key), add);
}

function newQueue() {
  const name = el("input", { id: "new-name", size: 12 });
  const add = button("new-queue", "declare", after(() => {
    const queues = [...new Set([...state.topology.queues, name.value])];
    if (name.value) declare({ ...state.topology, queues });
  }, { form: true }));
  return el("div", { class: "row" }, el("label", null, "a new queue ", name), add);
}

function showShare() {
  const leftOut = [];
  const queueArguments = lessonNow().arguments;
  const forms = state.topology.bindings.length > 2000 ? [] : [
    ["TOML", asToml(state.topology, state.message, queueArguments), "mine.toml"],
    ["definitions", asDefinitions(state.topology, queueArguments, (each) => leftOut.push(each)),
      "mine.json"],
  ];
  fill("share",
    el("p", null, "The address of this page holds the question: copy it, with message and step."),
    forms.map(([name, written, file]) => el("div", null,
      el("label", null, name, el("textarea", { id: `as-${name}`, rows: 6, readonly: true }, written)),
      button(`save-${name}`, `save ${file}`, () => save(file, written)))),
    leftOut.length ? el("p", null, `Definitions cannot hold ${leftOut.length} of the bindings, for the types of their arguments.`)
      : undefined);
}

/* Give a text to be saved as a file. */
function save(file, written) {
  const address = URL.createObjectURL(new Blob([written], { type: "text/plain" }));
  el("a", { href: address, download: file }).click();
  URL.revokeObjectURL(address);
}

// ---- the beginning

function start() {
  try {
    fromLink(location.hash);
    notice("");
  } catch (error) {
    begin(0);
    notice(`This link cannot be read (${error.message}): here is the first lesson.`);
  }
  show({ form: true });
}

/* Arrow keys go step by step, where nothing is being typed. */
document.addEventListener("keydown", (event) => {
  const typing = /INPUT|SELECT|TEXTAREA/.test(event.target.tagName);
  const pressed = { ArrowRight: "forward", ArrowLeft: "back" }[event.key];
  if (pressed && !typing && !event.altKey && !event.ctrlKey && !event.metaKey) {
    document.getElementById(pressed).click();
  }
});
addEventListener("hashchange", start);
document.getElementById("page").hidden = false;
document.getElementById("plain").hidden = true;
start();
