"use strict";
/* Where a message goes, exchange by exchange: the same as routing/rules/predict.py, loaded.py and
trace.py.  A topology, a message and an answer are as `route --json` writes them. */

const MOST_LETTERS = 30_000;
/* What is longer, as JSON, may not fit into a frame, and this does not count its bytes. */

/* Route a message through a topology in which nothing may be refused. */
function route(topology, message, version) {
  const kept = asKept(topology);
  const unknown = unknownOfTopology(kept, version) ?? unknownOfMessage(message)
    ?? tooLong([...kept.exchanges, ...kept.bindings, message]);
  if (unknown) return undecided(unknown);
  const ready = prepared(kept, new Map(), version);
  const [refusal] = refuseDeclarations(kept, version);
  return refusal ? refused(refusal) : routeThrough(ready, message, version);
}

/* Load a topology as RabbitMQ imports definitions: what cannot be there is left out.

doubts: of an exchange, why it is not decided what it does, by its name, where that is known. */
function load(topology, version, doubts = {}) {
  const leftOut = [];
  const leave = (part, why) => leftOut.push({ part, why });
  const exchanges = new Map(keptExchanges(topology.exchanges, leave));
  for (const name of Object.keys(doubts)) {
    const internal = { name, type: "fanout", internal: true };
    if (!Object.hasOwn(PREDECLARED, name) && !exchanges.has(name)) exchanges.set(name, internal);
  }
  const queues = new Set(topology.queues.filter((queue) => {
    const reserved = queue.startsWith("amq.");
    if (reserved) leave(queue, SKIPPED);
    return !reserved;
  }));
  const found = new Map([...doubtsOf(exchanges, version), ...Object.entries(doubts)]);
  const there = new Map([...Object.entries(PREDECLARED), ...exchanges]);
  const bindings = topology.bindings.filter((binding) => {
    const dangles = dangling(binding, there, queues);
    if (dangles) {
      leave(binding, dangles);
      return false;
    }
    if (binding.source === "") return false; // is there for each queue, named or not
    const long = tooLong([binding, there.get(binding.source)]);
    if (long && !found.has(binding.source)) found.set(binding.source, long);
    const [refusal] = refuseBinding(binding, there, queues, version);
    if (!refusal) return true;
    leave(binding, `RabbitMQ ${writeVersion(version)} refuses it: ${refusal[2]}`);
    const why = `${refusal[2]}, which RabbitMQ ${writeVersion(version)} refuses`;
    if (!found.has(binding.source)) found.set(binding.source, why);
    return false;
  });
  const has = { exchanges: [...exchanges.values()], queues: [...queues], bindings };
  return { ready: prepared(asKept(has), found, version), topology: has, leftOut, doubts: found };
}

const SKIPPED = "an import skips a name with amq. before it";

/* Give the exchanges that an import makes, each with its name: of two of one name the first. */
function* keptExchanges(exchanges, leave) {
  const seen = new Set();
  for (const exchange of exchanges) {
    const { name } = exchange;
    if (name === "" || Object.hasOwn(PREDECLARED, name) || PERHAPS.includes(name)) continue;
    if (name.startsWith("amq.")) leave(exchange, SKIPPED);
    else if (seen.has(name)) leave(exchange, "there is one of that name already");
    else {
      seen.add(name);
      yield [name, exchange];
    }
  }
}

/* Tell of which exchanges it is not decided what they do, and why. */
function* doubtsOf(exchanges, version) {
  for (const exchange of exchanges.values()) {
    const [refusal] = refuseExchange(exchange, new Map(Object.entries(PREDECLARED)), version);
    const why = unknownOfExchange(exchange, version) ?? refusal?.[2];
    if (why) yield [exchange.name, why];
  }
}

/* Say which end of a binding is not there. */
function dangling({ source, destination, destination_type: noun }, exchanges, queues) {
  if (source !== "" && !exchanges.has(source)) return `there is no exchange ${writeExchange(source)}`;
  if ((noun === "queue" ? queues : exchanges).has(destination)) return undefined;
  return `there is no ${noun} ${writeKey(destination)}`;
}

/* Give a topology under the names that a broker keeps: without line breaks.

A binding of queue "" is one of the queue that was declared last, and if its key is empty as well,
by that queue's name. */
function asKept(topology) {
  const queues = topology.queues.map(keptName);
  const last = queues.at(-1) ?? "";
  const bound = (binding) => {
    const { destination: given } = binding;
    const names = { source: keptName(binding.source), destination: keptName(given) };
    if (!isQueues(binding)) return { ...binding, ...names };
    if (given) return { ...binding, ...names, destination: names.destination || given };
    const key = binding.routing_key || last || MADE_UP;
    return { ...binding, ...names, destination: last, routing_key: key };
  };
  return {
    exchanges: topology.exchanges.map((each) => ({ ...each, name: keptName(each.name) })),
    queues,
    bindings: topology.bindings.map(bound),
    unbound: (topology.unbound ?? []).map(bound),
  };
}

const MADE_UP = `amq.gen-${"?".repeat(255)}`;

function keptName(name) {
  return name.replace(/[\r\n]/g, "");
}

/* Bring together what belongs to each exchange; doubts: a Map by name. */
function prepared(topology, doubts, version) {
  const bindings = new Map();
  for (const binding of topology.bindings) {
    if (!bindings.has(binding.source)) bindings.set(binding.source, []);
    bindings.get(binding.source).push(binding);
  }
  if (writeVersion(version) === SHARED_EMPTY_KEY) shareEmptyKeys(topology, bindings);
  bindings.set("", topology.queues.filter(Boolean).map((queue) => ({
    source: "", destination: queue, destination_type: "queue", routing_key: queue, arguments: {},
  })));
  const named = topology.exchanges.map((each) => [each.name, each]);
  const exchanges = new Map([...Object.entries(PREDECLARED), ...named]);
  exchanges.set("", { name: "", type: "direct" });
  return { exchanges, bindings, doubts };
}

/* Let each topic exchange ask the bindings of all others whose binding key is empty, too. */
function shareEmptyKeys(topology, bindings) {
  const topics = topology.exchanges.filter(({ type }) => type === "topic").map(({ name }) => name);
  const bound = (name) => bindings.get(name) ?? [];
  const empty = topics.flatMap(bound).filter((each) => !each.routing_key);
  for (const name of topics) {
    bindings.set(name, [...bound(name), ...empty.filter((each) => each.source !== name)]);
  }
}

function writeVersion(version) {
  return version.slice(0, 3).join(".");
}

function routeThrough(ready, message, version) {
  const unknown = unknownOfMessage(message) ?? tooLong([message]);
  if (unknown) return undecided(unknown);
  const [refusal] = refuseMessage(message, ready.exchanges, version);
  return refusal ? refused(refusal) : routeAlong(ready, message, version);
}

function tooLong(parts) {
  const long = parts.some((each) => JSON.stringify(each).length > MOST_LETTERS);
  return long ? "whether it fits into a frame is not counted here" : undefined;
}

function undecided(why) {
  return { queues: [], undecided: why, refused: null, path: [] };
}

function refused([at, code, why]) {
  return { queues: [], undecided: null, refused: { at, code, why }, path: [] };
}

/* Follow a message that nothing refuses, as exchanges see it with each of its keys. */
function routeAlong(ready, message, version) {
  const keyed = withEachKey(message, version);
  const [doubts, visits] = [[], []];
  for (const visit of journey(ready, keyed, version)) {
    const doubt = ready.doubts.get(visit.exchange.name);
    if (doubt === undefined) visits.push(visit);
    else doubts.push(doubt);
  }
  const takers = visits.flatMap((visit) => visit.takers).filter(isQueues);
  return {
    queues: [...new Set(takers.map((each) => each.destination))].sort(byCodePoint),
    undecided: doubts[0] ?? choiceIn(visits) ?? null,
    refused: null,
    path: traced(ready, message, visits, version),
  };
}

/* Order texts as Python does, and not by the halves of large code points. */
function byCodePoint(one, other) {
  const [left, right] = [[...one], [...other]];
  const at = left.findIndex((letter, place) => letter !== right[place]);
  if (at < 0) return left.length - right.length;
  return right[at] === undefined ? 1 : left[at].codePointAt(0) - right[at].codePointAt(0);
}

/* Say of an exchange that hands a message to one of several that it does. */
function choiceIn(visits) {
  for (const { exchange, takers } of visits) {
    const ends = new Set(takers.map((each) => `${each.destination_type} ${each.destination}`));
    if (Object.hasOwn(ONE_OF_ITS_QUEUES, exchange.type) && ends.size > 1) {
      return `exchange ${writeKey(exchange.name)} hands each message to one of its ${ends.size}`;
    }
  }
  return undefined;
}

/* Visit every exchange that a message, given with each of its keys, reaches, each once. */
function* journey(ready, keyed, version) {
  const waiting = [keyed[0].exchange];
  const seen = new Set([...waiting, ""]);
  for (const name of waiting) {
    const visit = visitAt(ready, ready.exchanges.get(name), keyed, version);
    yield visit;
    for (const onward of onwardFrom(visit)) {
      if (ready.exchanges.has(onward) && !seen.has(onward)) {
        seen.add(onward);
        waiting.push(onward);
      }
    }
  }
}

function onwardFrom({ alternate, takers }) {
  if (alternate !== null) return [alternate];
  return takers.filter((each) => !isQueues(each)).map((each) => each.destination);
}

/* Hold a message, with each of its keys, against the bindings of one exchange.

takers: the bindings that take it; decided: of each, the message with the first key that fits. */
function visitAt(ready, exchange, keyed, version) {
  const bindings = ready.doubts.has(exchange.name) ? [] : ready.bindings.get(exchange.name) ?? [];
  const isOwn = Object.hasOwn(RULES, exchange.type);
  const rule = isOwn ? RULES[exchange.type] : fanout; // all that are bound come into it
  const decided = new Map();
  for (const binding of bindings) {
    const fits = keyed.find((message) => rule(binding, message, version));
    if (fits) decided.set(binding, fits);
  }
  const lost = decided.size || ready.doubts.has(exchange.name);
  const alternate = lost ? null : alternateOf(exchange) ?? null;
  return { exchange, bindings, takers: [...decided.keys()], decided, seen: keyed[0], alternate };
}

/* Give the message once for its own key, and once for each that CC and BCC add.

The exchanges see CC among the headers, but not BCC, which is removed before routing. */
function withEachKey(message, version) {
  if (!message.headers) return [message];
  const sent = pairs(message.headers);
  const hidden = sent.find(([name]) => name === "BCC");
  const shown = sent.filter((pair) => pair !== hidden);
  const unique = new Map(atLeast(version, LAST_HEADER) ? shown : shown.reverse());
  const seen = { ...message, headers: { "!type": "table", value: [...unique] } };
  return [seen, ...furtherKeys(message).map((key) => ({ ...seen, routing_key: key }))];
}

/* Tell the whole reason for a route, exchange by exchange. */
function traced(ready, message, visits, version) {
  const reached = new Set([`exchange ${message.exchange}`]);
  const leads = visits.some((visit) => visit.takers.some(isQueues));
  return visits.map((visit) => {
    const bindings = visit.bindings.map((each) => {
      return verdict(each, visit, message, reached, version);
    });
    const notes = [...notesOn(visit, ready, reached, leads)];
    const { exchange: { name, type }, alternate } = visit;
    return { exchange: name, type, bindings, notes, alternate };
  });
}

/* Give a binding with what it does, why, and what is left of its effect after those before it. */
function verdict(binding, { exchange, decided, seen }, message, reached, version) {
  const takes = decided.has(binding);
  const asked = decided.get(binding) ?? seen;
  const reason = explain(exchange.type, binding, asked, version);
  let again = "";
  if (takes) {
    const destination = `${binding.destination_type} ${binding.destination}`;
    const one = isQueues(binding) ? "still one copy" : "that exchange has seen it already";
    if (reached.has(destination)) again = `; ${one}`;
    reached.add(destination);
  }
  return { ...binding, takes, reason, told: byKey(asked, message) + reason.text + again };
}

/* Say by which key of CC or BCC a binding takes a message, if it does. */
function byKey(asked, message) {
  const key = asked.routing_key;
  if (key === message.routing_key) return "";
  const name = keysIn(message, "CC").includes(key) ? "CC" : "BCC";
  return `by the ${name} key ${writeKey(key)}: `;
}

/* Tell what became of the alternate exchange, and of an exchange without bindings. */
function* notesOn(visit, ready, reached, leads) {
  if (!visit.bindings.length) yield "nothing is bound to this exchange";
  const name = alternateOf(visit.exchange);
  if (name === undefined) return;
  const alternate = `alternate exchange ${name ? writeKey(name) : "without a name"}`;
  const there = name !== "" && ready.exchanges.has(name);
  const nobody = "no binding takes the message";
  if (visit.alternate === null) {
    yield `${alternate} is not used: a binding takes the message${
      leads ? "" : ", though it leads to no queue"}`;
    return;
  }
  if (name === visit.exchange.name) {
    yield `${nobody}, and the alternate exchange is this one: it ends here`;
  } else if (there && reached.has(`exchange ${name}`)) {
    yield `${nobody}, and ${alternate} has seen it already`;
  } else if (there) yield `${nobody}: on to ${alternate}`;
  else yield `${nobody}, and there is no ${alternate}: it ends here`;
  reached.add(`exchange ${name}`);
}
