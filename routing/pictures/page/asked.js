"use strict";
/* The guess, and the way of the message: forward, back, at once, by itself. */

let playing = null;
let seconds = 2;
let filter = "";

/* Show the queues, where the message is on its way, and at the end what came of it. */
function showAsk(answer, steps) {
  const last = steps.length - 1;
  const at = state.step ?? -1;
  if (at >= 0) judge(answer, at === last);
  fill("queues", queueList(state.topology.queues, answer, at === last));
  fill("ask", controls(at, last));
  const status = document.getElementById("status");
  const said = saidAt(at, last, steps, answer);
  if (status.textContent !== said) status.textContent = said; // what is the same is not read again
  status.tabIndex = status.scrollHeight > status.clientHeight ? 0 : -1; // keys can scroll it
  fill("result", at === last ? resultOf(answer) : []);
}

/* Say where the message is, or what is to be done before it goes. */
function saidAt(at, last, steps, answer) {
  if (state.wrong.size) return [...state.wrong.values()][0];
  if (at < 0) return "Choose the queues, then see it travel (also with the keys ← and →).";
  return `${at + 1} of ${last + 1}: ${at === last ? judged(answer) : ""}${steps[at].said}`;
}

/* Give the buttons that lead forward and back; each keeps its place. */
function controls(at, last) {
  const go = (step) => after(() => { state.step = step; });
  const wrong = state.wrong.size > 0;
  const speeds = [0.5, 1, 2, 4, 8].map((each) => {
    return el("option", { value: each, selected: each === seconds }, `every ${each} s`);
  });
  const speed = el("select", { id: "speed", "aria-label": "how fast" }, speeds);
  speed.onchange = () => {
    seconds = Number(speed.value);
    if (playing) [stop(), play()];
  };
  return [
    button("back", "◀ back", go(at > 0 ? at - 1 : null), { off: at < 0 }),
    button("forward", at < 0 ? "see it travel ▶" : "forward ▶", go(at + 1), { off: at === last || wrong }),
    button("last", "at once", go(last), { off: at === last || wrong }),
    button("first", "to the guess", go(null), { off: at < 0 }),
    button("play", playing ? "pause" : "by itself", () => playing ? halt() : play(), { off: wrong }),
    speed,
  ];
}

function play() {
  if (state.step === stepsOf(answerNow()).length - 1) state.step = null;
  playing = setInterval(() => {
    const last = stepsOf(answerNow()).length - 1;
    state.step = Math.min((state.step ?? -1) + 1, last);
    if (state.step === last) stop();
    show();
  }, seconds * 1000);
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

/* List the queues: to be guessed, and once it has ended, with what each got. */
function queueList(queues, answer, ended) {
  const all = [...new Set(queues)];
  const found = all.filter((queue) => writeKey(queue).includes(filter));
  const [shown, more] = mostOf(found, (queue) => ended && answer.queues.includes(queue));
  const find = el("input", { id: "filter", value: filter });
  find.oninput = () => {
    filter = find.value;
    show();
  };
  return [
    deadly().length ? el("p", null, "At first, before anything dies there; that is told at the end.") : "",
    all.length > MOST_SHOWN ? el("label", null, "with ", find) : "",
    el("ul", { class: "row", "aria-label": "queues" },
      shown.map((queue) => el("li", null, queueShown(queue, all.indexOf(queue), answer, ended))),
      ended ? "" : el("li", null, noQueue())),
    more ? el("p", { class: "quiet" }, `and ${more} more: type a part of a name`) : "",
  ];
}

/* Show a queue: to be chosen, or with what it got. */
function queueShown(queue, number, answer, ended) {
  const guessed = state.guess?.has(queue) ?? false;
  const gets = answer.queues.includes(queue);
  if (!ended) {
    return button(`queue-${number}`, [box(guessed), code(writeKey(queue))], after(() => {
      const chosen = new Set(state.guess);
      chosen[guessed ? "delete" : "add"](queue);
      state.guess = chosen.size ? chosen : null;
    }), { "aria-pressed": String(guessed), off: state.step !== null });
  }
  const judgement = state.guess ? guessed === gets ? " ✓ as guessed" : " ✗ not as guessed" : "";
  return el("span", { class: `queue ${gets ? "takes" : "quiet"}` },
    gets ? "● " : "· ", code(writeKey(queue)), gets ? " a copy" : " none", judgement);
}

function noQueue() {
  const none = state.guess !== null && state.guess.size === 0;
  return button("none", [box(none), "no queue"], after(() => {
    state.guess = none ? null : new Set();
  }), { "aria-pressed": String(none), off: state.step !== null });
}

function box(chosen) {
  return el("span", { "aria-hidden": "true" }, chosen ? "☑ " : "☐ ");
}

/* Say what dies, what a real broker did, and where versions differ. */
function resultOf(answer) {
  const seen = seenNow();
  const rests = deathsNow().length ? "in the end " : "";
  return [
    deathsNow().map(({ queue, reason, told }) => {
      return el("p", null, `† ${reason} in queue `, code(writeKey(queue)), `: ${told.join("; ")}`);
    }),
    el("p", null, seen
      ? `${seen.agrees ? "✓" : "✗ NOT as predicted:"} seen on RabbitMQ ${state.version}, ${data.date}: ${
        rests}${someOf(seen.queues) || "no queue"}.`
      : `Predicted for RabbitMQ ${state.version}; no broker was asked.`),
    ...elsewhere(answer),
  ];
}

/* Tell which of the other versions do something else. */
function elsewhere(answer) {
  if (state.topology.bindings.length > 2000) return [];
  return Object.keys(data.versions).filter((version) => version !== state.version).flatMap((version) => {
    const other = fateOf(answerNow(numbers(version)));
    return other === fateOf(answer) ? []
      : [el("p", null, `Otherwise on RabbitMQ ${version} (predicted): ${other}`)];
  });
}
