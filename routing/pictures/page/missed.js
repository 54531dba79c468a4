"use strict";
/* Which rule decided: a sentence for each kind of reason, as in routing/walk/rules.py. */

const STAR = "* is exactly one word.";
const HASH = "# is zero or more words.";
const WORDS = "Words other than * and # must be there, each at its place.";
const CAPITALS = "Capitals count.";
const NO_WILDCARDS = "A direct exchange knows no wildcards: * and # are plain letters.";
const SAME_KEY = "A direct exchange wants the very same key.";
const OWN_NAME = "The default exchange takes the routing key for the name of a queue.";
const FANOUT = "A fanout exchange looks at nothing: every bound queue gets a copy.";
const ONE_OF_THEM = "This exchange hands each message to one of those that are bound.";
const ALL = "With x-match=all every criterion must be met.";
const ANY = "With x-match=any one criterion is enough.";
const PRESENCE = "A criterion without a value asks only that the header is there.";
const TYPES = 'Types count: 1, "1" and True are three values.';
const SKIPPED_NAMES = "Criteria whose names begin with x- are skipped.";
const NOTHING_ASKED = "All of no criteria are always met, any of none never.";
const NO_BINDING = "A queue gets nothing from an exchange that no binding joins it to.";
const NOT_REACHED =
  "Only the exchange that a message is sent to sees it, and those it is handed on to.";
const ALTERNATE = "An alternate exchange gets only what no binding takes.";

/* Name the rule that decided what a binding, as it stands in an answer, does. */
function ruleOf(binding, reason = binding.reason) {
  switch (reason.code) {
    case "every-message": return FANOUT;
    case "one-of-those": return ONE_OF_THEM;
    case "no-wildcards": return NO_WILDCARDS;
    case "same-key": return binding.source === "" ? OWN_NAME : SAME_KEY;
    case "other-key":
      return sameButCase(reason) ? CAPITALS : binding.source === "" ? OWN_NAME : SAME_KEY;
    case "fits": return ofSigns(reason.taken.map(([sign]) => sign));
    case "wrong-word": return sameButCase(reason) ? CAPITALS : WORDS;
    case "no-word-left": return ofSigns([reason.wanted]);
    case "too-few-words":
    case "too-many-words":
      return ofSigns(binding.routing_key.split(".").filter((word) => word !== "#"));
    case "nowhere": return reason.in_case ? CAPITALS : ofSigns(reason.segment);
    case "nothing-asked": return reason.skipped.length ? SKIPPED_NAMES : NOTHING_ASKED;
    case "met": return reason.names.some(([, presence]) => presence) ? PRESENCE : ofMode(binding);
    case "not-met": return ruleOf(binding, reason.criteria[0]);
    case "no-header": return argument(binding, reason.name) === null ? PRESENCE : ofMode(binding);
    case "other-value": return sameButCase(reason) ? CAPITALS : ofMode(binding);
  }
  return TYPES; // other-type, milliseconds
}

/* Name the rule of the wildcard that says most. */
function ofSigns(signs) {
  return signs.includes("#") ? HASH : signs.includes("*") ? STAR : WORDS;
}

function ofMode(binding) {
  return matchMode(binding).startsWith("any") ? ANY : ALL;
}

function sameButCase({ sent, wanted }) {
  const texts = typeof sent === "string" && typeof wanted === "string";
  return texts && sent.toLowerCase() === wanted.toLowerCase();
}

/* Name the rule that decided whether a queue gets a copy, by an answer and what is declared. */
function ruleFor(queue, answer, topology) {
  const leads = (each) => isQueues(each) && each.destination === queue;
  const gets = answer.queues.includes(queue);
  const after = new Set(answer.path.map((station) => station.alternate).filter((name) => name));
  for (const station of answer.path) {
    const decided = station.bindings.find((each) => leads(each) && each.takes === gets);
    if (decided) return gets && after.has(station.exchange) ? ALTERNATE : ruleOf(decided);
  }
  return topology.bindings.some(leads) ? NOT_REACHED : NO_BINDING;
}
