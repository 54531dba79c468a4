"use strict";
/* The guess, and the way of the message: forward, back, at once, by itself. */

let playing = null;
let pause = 2000; // milliseconds between two steps
let filter = "";

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
