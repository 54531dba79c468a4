"use strict";
/* What was guessed right, and which rules were missed. */

const score = new Map();
/* Of each question, the queues that were guessed wrong, each with its rule, or null where nothing
was guessed before the answer was begun; and whether it was told to the end. */

/* Write what is asked, whichever RabbitMQ it is asked of. */
function questionNow() {
  return canonical([state.lesson, published(state.message), state.topology]);
}

/* List the queues that were guessed wrong. */
function wrongQueues(answer) {
  return [...new Set(state.topology.queues)].filter((queue) => {
    return state.guess.has(queue) !== answer.queues.includes(queue);
  });
}

/* Hold a guess against the answer once that is begun; of each question the first guess counts. */
function judge(answer, ended) {
  const question = questionNow();
  if (answer.undecided) return;
  const wrong = state.guess && wrongQueues(answer).map((queue) => {
    return [queue, ruleFor(queue, answer, state.topology)];
  });
  const first = score.get(question) ?? { wrong, ended };
  score.set(question, { ...first, ended: first.ended || ended });
}

/* Say how right a guess was. */
function judged(answer) {
  if (state.guess === null || answer.undecided) return "";
  const wrong = wrongQueues(answer);
  if (!wrong.length) return "Right. ";
  const all = new Set(state.topology.queues).size;
  const told = wrong.slice(0, 4).map((queue) => {
    return `${writeKey(queue)} gets ${answer.queues.includes(queue) ? "a copy" : "none"}`;
  });
  const more = wrong.length > 4 ? `, and ${wrong.length - 4} more were wrong` : "";
  return `${all - wrong.length} of ${all} queues right: ${told.join(", ")}${more}. `;
}

function showScore() {
  const counted = [...score.values()].filter(({ wrong, ended }) => wrong !== null && ended);
  const asked = counted.map(({ wrong }) => wrong);
  const missed = new Map();
  for (const [, rule] of asked.flat()) missed.set(rule, (missed.get(rule) ?? 0) + 1);
  const right = asked.filter((wrong) => !wrong.length).length;
  const told = asked.length
    ? `${right} of ${asked.length} messages right: all their queues, at the first guess.`
    : "Nothing is guessed yet. A message counts as right if all its queues are, at the first guess.";
  fill("score",
    el("p", null, told),
    missed.size ? el("p", null, "What was missed:") : "",
    el("ul", null, [...missed].sort((one, other) => other[1] - one[1]).map(([rule, times]) => {
      return el("li", null, `${times} × ${rule}`);
    })),
    button("afresh", "begin afresh", after(() => {
      score.clear();
      ask(state.message);
    }), { class: "screen", off: !score.size }));
}
