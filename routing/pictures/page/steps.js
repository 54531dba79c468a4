"use strict";
/* What is told of a message, step by step. */

const MOST_TOLD = 40;
/* So many bindings of an exchange are told step by step: all that take a message, if they can be. */

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
function fateOf({ refused: no, undecided: why, queues, path }) {
  const chosen = path.some(({ type }) => Object.hasOwn(ONE_OF_ITS_QUEUES, type));
  if (no) return `RabbitMQ refuses it at ${no.at}, with ${no.code}: ${no.why}.`;
  const sure = !queues.length ? ""
    : ` ${chosen ? "It may be" : "In any case it arrives in"} ${someOf(queues)}.`;
  if (why) return `Not decided: ${why}.${sure}`;
  if (queues.length) return `It arrives in ${someOf(queues)}.`;
  return "No queue takes it: it is dropped, or returned if it is mandatory.";
}

const MOST_NAMED = 8;

/* Name queues, or the first of many. */
function someOf(queues) {
  const more = queues.length - MOST_NAMED;
  const named = queues.slice(0, MOST_NAMED).map(writeKey).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}
