"use strict";
/* What RabbitMQ refuses to declare, to bind or to publish, with which code and why: the same as
routing/rules/refusal.py, names.py and unknown.py.  A refusal is [operation, code, why]. */

const PREDECLARED = {
  "amq.direct": { name: "amq.direct", type: "direct" },
  "amq.fanout": { name: "amq.fanout", type: "fanout" },
  "amq.topic": { name: "amq.topic", type: "topic" },
  "amq.headers": { name: "amq.headers", type: "headers" },
  "amq.match": { name: "amq.match", type: "headers" },
  "amq.rabbitmq.trace": { name: "amq.rabbitmq.trace", type: "topic", internal: true },
};
const PERHAPS = ["amq.rabbitmq.log", "amq.rabbitmq.event"];
const PLUGIN_TYPES = [
  "x-consistent-hash", "x-delayed-message", "x-jms-topic", "x-lvc", "x-modulus-hash", "x-random",
  "x-recent-history", "x-rtopic",
];
const REPLY_TO = "amq.rabbitmq.reply-to";
const MATCH_MODES = ["all", "any", "all-with-x", "any-with-x"];
const NO_NUMBER = "RabbitMQ has no infinity and no NaN";
const KEEPS_FOR_ITSELF = "RabbitMQ keeps names that begin with amq. for itself";

function isQueues(binding) {
  return binding.destination_type === "queue";
}

/* Give the exchange that gets what no binding here takes: a long string names it. */
function alternateOf(exchange) {
  const name = typed(argument(exchange, "alternate-exchange"));
  return name.type === "longstr" ? name.value : undefined;
}

/* Tell whether a broker without further plugins has exchanges of this type. */
function isKnown(exchangeType, version) {
  if (Object.hasOwn(RULES, exchangeType)) return true;
  return Object.hasOwn(ONE_OF_ITS_QUEUES, exchangeType)
    && atLeast(version, ONE_OF_ITS_QUEUES[exchangeType]);
}

/* List what would be refused of a topology, in the order of the operations. */
function* refuseDeclarations(topology, version) {
  for (const queue of topology.queues) {
    if (queue.startsWith("amq.")) {
      yield ["declare", 403, `queue ${writeKey(queue)}: ${KEEPS_FOR_ITSELF}`];
    }
  }
  const there = new Map(Object.entries(PREDECLARED));
  for (const exchange of topology.exchanges) {
    yield* refuseExchange(exchange, there, version);
    if (!there.has(exchange.name)) there.set(exchange.name, exchange);
  }
  for (const binding of [...topology.bindings, ...topology.unbound ?? []]) {
    yield* refuseBinding(binding, there, new Set(topology.queues), version);
  }
}

/* Check one exchange.declare; there: what is declared already, and what always is. */
function* refuseExchange(exchange, there, version) {
  const name = writeKey(exchange.name);
  if (!pairs(exchange.arguments).every(([, value]) => hasOnlyNumbers(value))) {
    yield ["declare", 0, `exchange ${name}: ${NO_NUMBER}`];
  }
  if (!isKnown(exchange.type, version)) {
    const code = atLeast(version, TYPE_REFUSED_ON_CHANNEL) ? 406 : 503;
    yield ["declare", code, `exchange ${name}: there is no type ${exchange.type}`];
  }
  if (exchange.name === "") {
    yield ["declare", 403, "the default exchange is always there and cannot be declared"];
  } else if (there.has(exchange.name)) {
    const other = there.get(exchange.name);
    if (compared(other) !== compared(exchange)) {
      const always = other === PREDECLARED[exchange.name];
      const unlike = always ? "is always there, and not like this" : "is declared twice, and not the same";
      yield ["declare", 406, `exchange ${name} ${unlike}`];
    }
  } else if (exchange.name.startsWith("amq.")) {
    yield ["declare", 403, `exchange ${name}: ${KEEPS_FOR_ITSELF}`];
  } else if (argument(exchange, "alternate-exchange") !== undefined
             && alternateOf(exchange) === undefined) {
    const { type } = typed(argument(exchange, "alternate-exchange"));
    yield ["declare", 406, `exchange ${name}: alternate-exchange must be text, not ${type}`];
  }
}

/* Give what a broker compares when an exchange is declared again, as text. */
function compared(exchange) {
  const given = argument(exchange, "alternate-exchange") !== undefined;
  return JSON.stringify([exchange.type, Boolean(exchange.internal), given, alternateOf(exchange)]);
}

/* Check one queue.bind or exchange.bind; exchanges: a Map by name; queues: a Set of names. */
function* refuseBinding(binding, exchanges, queues, version) {
  const { source, destination } = binding;
  const toQueue = isQueues(binding);
  if (!pairs(binding.arguments).every(([, value]) => hasOnlyNumbers(value))) {
    yield ["bind", 0, `an argument of a binding: ${NO_NUMBER}`];
  }
  if (toQueue && !destination && !queues.size) {
    yield ["bind", 404, "no queue is declared that a binding without a name could mean"];
  }
  if (source === "" || (!toQueue && destination === "")) {
    yield ["bind", 403, "the default exchange cannot be bound"];
  }
  if (toQueue && destination.startsWith(`${REPLY_TO}.`) && atLeast(version, NO_REPLY_BINDING)) {
    const why = `queue ${writeKey(destination)} is for replies, which cannot be bound`;
    yield ["bind", 403, `${why} from RabbitMQ ${NO_REPLY_BINDING.join(".")} on`];
  }
  if (!exchanges.has(source)) {
    yield ["bind", 404, `there is no exchange ${writeExchange(source)}`];
    return;
  }
  if (!(toQueue ? queues : exchanges).has(destination)) {
    yield ["bind", 404, `there is no ${toQueue ? "queue" : "exchange"} ${writeKey(destination)}`];
  }
  const { type } = exchanges.get(source);
  yield* refuseCriteria(binding, type, version);
  if (type === "x-local-random" && (binding.routing_key || !toQueue)) {
    yield ["bind", 406,
      "an x-local-random exchange takes only bindings of queues, with an empty binding key"];
  }
}

/* Check what an exchange of this type demands of its bindings. */
function* refuseCriteria(binding, exchangeType, version) {
  const mode = typed(argument(binding, "x-match") ?? "all");
  const given = argument(binding, "x-match");
  const type = given === undefined ? "longstr" : typed(given).type;
  const modes = MATCH_MODES.slice(0, atLeast(version, NOT_ONLY_PLAIN_MODES) ? 4 : 2);
  if (exchangeType === "headers" && (type !== "longstr" || !modes.includes(mode.value))) {
    const known = type === "longstr" && MATCH_MODES.includes(mode.value);
    const before = known ? ` before RabbitMQ ${NOT_ONLY_PLAIN_MODES.join(".")}` : "";
    yield ["bind", 406,
      `x-match is ${writeValue(given)}, but must be one of ${modes.join(", ")}${before}`];
  }
  const hashes = splitWords(binding.routing_key).filter((word) => word === "#").length;
  if (exchangeType === "topic" && hashes > MOST_HASHES && atLeast(version, FEW_HASHES)) {
    const why = `${writeKey(binding.routing_key)} has ${hashes} #, and ${MOST_HASHES} are the most`;
    yield ["bind", 406, `${why} from RabbitMQ ${FEW_HASHES.join(".")} on`];
  }
}

/* Check one basic.publish; exchanges: a Map by name. */
function* refuseMessage(message, exchanges, version) {
  const exchange = exchanges.get(message.exchange);
  if (message.exchange !== "" && !exchange) {
    yield ["publish", 404, `there is no exchange ${writeKey(message.exchange)}`];
  } else if (exchange?.internal) {
    yield ["publish", 403,
      `exchange ${writeKey(message.exchange)} is internal: only exchanges publish to it`];
  }
  const sent = pairs(message.headers);
  if (!sent.every(([, value]) => hasOnlyNumbers(value))) {
    yield ["publish", 541, `a header: ${NO_NUMBER}`];
  }
  for (const name of ["CC", "BCC"]) {
    const first = sent.find(([each]) => each === name);
    if (first && typed(first[1]).type !== "array") {
      yield ["publish", 406, `${name} must be a list of keys`];
    }
  }
  if (message.exchange === "" && !atLeast(version, ANY_REPLY_KEY)) {
    for (const key of [message.routing_key, ...furtherKeys(message)].filter(isReplyKey)) {
      const why = `${writeKey(key)} is not a reply key of the broker's own making`;
      yield ["publish", 541, `${why}, before RabbitMQ ${ANY_REPLY_KEY.join(".")}`];
    }
  }
}

/* Tell whether a key is taken for that of a reply: two words that are not empty follow. */
function isReplyKey(key) {
  const begins = key.startsWith(`${REPLY_TO}.`);
  return begins && key.slice(REPLY_TO.length + 1).split(".").filter(Boolean).length === 2;
}

/* List the routing keys that CC and then BCC add to a message's own. */
function furtherKeys(message) {
  return [...keysIn(message, "CC"), ...keysIn(message, "BCC")];
}

/* List the routing keys in the first CC or BCC header; what is not text in it is skipped. */
function keysIn(message, name) {
  const held = typed(header(message, name));
  const fields = held.type === "array" ? held.value.map(typed) : [];
  return fields.filter((field) => field.type === "longstr").map((field) => field.value);
}

/* Say what is not known of the broker, and would have to be; undefined where nothing is. */
function unknownOfTopology(topology, version) {
  for (const exchange of topology.exchanges) {
    const why = unknownOfExchange(exchange, version);
    if (why) return why;
  }
  const named = exchangesNamed(topology).find((name) => PERHAPS.includes(name));
  if (named !== undefined) return setUp(named);
  if (topology.queues.filter((queue) => queue === "").length > 1) {
    return "queues that are declared without a name cannot be told apart";
  }
  const reply = topology.queues.find((queue) => queue.startsWith(REPLY_TO));
  return reply && `queue ${writeKey(reply)} is direct reply-to, which is not modelled`;
}

/* Say of an exchange that a plugin decides what it does, if that is so. */
function unknownOfExchange(exchange, version) {
  if (!PLUGIN_TYPES.includes(exchange.type) || isKnown(exchange.type, version)) return undefined;
  return `a plugin brings the type ${exchange.type} of exchange ${writeKey(exchange.name)}`;
}

function exchangesNamed(topology) {
  const every = [...topology.bindings, ...topology.unbound ?? []];
  return [
    ...topology.exchanges.flatMap((each) => [each.name, alternateOf(each)]),
    ...every.flatMap((each) => [each.source, ...isQueues(each) ? [] : [each.destination]]),
  ];
}

function unknownOfMessage(message) {
  return PERHAPS.includes(message.exchange) ? setUp(message.exchange) : undefined;
}

function setUp(exchange) {
  return `exchange ${exchange} is there or not, as the broker is set up`;
}
