"use strict";
/* What a page is about now: a lesson, what is declared, a message, a guess, and how far it is told.
All of it but the guess stands in the page's address, so that a link shares a question. */

const data = JSON.parse(document.getElementById("data").textContent);

const state = {
  lesson: 0, version: Object.keys(data.versions)[0], topology: null, changed: false,
  message: null, number: 0, guess: null, step: null,
  wrong: new Map(), // what is typed and cannot be read: by the place, what is to be said
};

function lessonNow() {
  return data.lessons[state.lesson];
}

/* Begin a lesson afresh, with its own topology and its first message. */
function begin(lesson) {
  state.lesson = lesson;
  restore();
  take(0);
}

/* Take a message of the lesson. */
function take(number) {
  const first = state.topology.exchanges.find((each) => !each.internal)?.name ?? "";
  const own = lessonNow().messages[number]?.publish;
  ask(published(own ?? { exchange: first, routing_key: "" }));
  if (own) state.number = number; // another one may be the same
}

/* Give of a message what it is routed by. */
function published({ exchange, routing_key, headers: given }) {
  return { exchange, routing_key, ...pairs(given).length && { headers: given } };
}

/* Ask for a message, of which nothing is guessed or told yet; it may be one of the lesson's. */
function ask(message) {
  const asked = canonical(published(message));
  const same = lessonNow().messages.findIndex((each) => canonical(published(each.publish)) === asked);
  Object.assign(state, { message, number: same < 0 ? null : same, guess: null, step: null });
}

/* Write something in one way, whether its tables are objects or lists of pairs. */
function canonical(whole) {
  return JSON.stringify(whole, (name, value) => {
    if (name === "internal" && value === false) return undefined;
    const isTable = value && typeof value === "object" && value["!type"] === "table";
    return isTable && isPlain(value.value) ? Object.fromEntries(value.value) : value;
  });
}

/* Change what is declared. */
function declare(topology) {
  const changed = canonical(topology) !== canonical(topologyOfLesson());
  Object.assign(state, { topology, changed, guess: null, step: null });
}

/* Take back what was changed; the message stays. */
function restore() {
  declare(topologyOfLesson());
}

function topologyOfLesson() {
  const { exchanges, queues, bindings } = lessonNow();
  return { exchanges, queues, bindings };
}

/* Tell where the message goes, with all that the page tells of it, or what is in the way. */
function answerNow(version = numbers(state.version)) {
  const loaded = load(state.topology, version, lessonNow().doubts);
  return { ...routeThrough(loaded.ready, state.message, version), loaded };
}

/* Give a version as it is compared: number by number, and that of its Erlang, if that is known. */
function numbers(version) {
  return data.versions[version];
}

/* Give what a real broker did with this message, if that was seen. */
function seenNow() {
  if (state.changed || state.number === null) return undefined;
  const { outcome, agrees } = lessonNow().messages[state.number] ?? {};
  return outcome?.[state.version] && { ...outcome[state.version], agrees };
}

/* Give the deaths of this message, where it is known that it dies. */
function deathsNow() {
  return state.changed || state.number === null ? [] : lessonNow().messages[state.number].deaths ?? [];
}

const MOST_IN_LINK = 20_000;
/* Letters of what was changed; a link that is longer gets lost on its way. */

/* Write the state as a part of an address, or nothing where that would be too long. */
function asLink() {
  const { message, number } = state;
  const words = new URLSearchParams({ lesson: lessonNow().name, v: state.version });
  const changed = state.changed ? JSON.stringify(state.topology) : "";
  if (changed.length > MOST_IN_LINK) return "";
  if (changed) words.set("t", changed);
  if (number !== null) words.set("m", number + 1);
  else {
    words.set("x", message.exchange);
    words.set("k", message.routing_key);
    if (message.headers) words.set("h", JSON.stringify(message.headers));
  }
  if (state.step !== null) words.set("step", state.step);
  return `#${words}`;
}

/* Take the state from an address; throws what says what is wrong in it. */
function fromLink(link) {
  const words = new URLSearchParams(link.replace(/^#/, ""));
  const name = words.get("lesson") ?? data.lessons[0].name;
  const lesson = data.lessons.findIndex((each) => each.name === name);
  if (lesson < 0) throw new Error(`this page has no lesson ${writeKey(name)}`);
  begin(lesson);
  const versions = Object.keys(data.versions);
  const version = words.get("v") ?? versions[0];
  if (!versions.includes(version)) throw new Error(`this page has no RabbitMQ ${writeKey(version)}`);
  state.version = version;
  if (words.has("t")) declare(readTopology(JSON.parse(words.get("t"))));
  const number = words.get("m");
  if (number !== null) {
    if (!lessonNow().messages[number - 1]) throw new Error(`there is no message ${writeKey(number)}`);
    take(number - 1);
  }
  if (["x", "k", "h"].some((name) => words.has(name))) {
    const given = words.has("h") ? { headers: readTable(JSON.parse(words.get("h"))) } : {};
    const exchange = words.get("x") ?? state.message.exchange;
    ask({ exchange: readShort(exchange), routing_key: readShort(words.get("k") ?? ""), ...given });
  }
  if (/^\d+$/.test(words.get("step"))) state.step = Number(words.get("step"));
}
