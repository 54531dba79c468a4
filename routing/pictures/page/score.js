"use strict";
/* What was guessed right, and which rules were missed. */

const score = new Map(); // of each question, the queues that were guessed wrong, with their rules

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
