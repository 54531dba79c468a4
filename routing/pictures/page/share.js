"use strict";
/* What is taken home. */

function showShare() {
  const leftOut = new Set();
  const queueArguments = lessonNow().arguments;
  const forms = state.topology.bindings.length > 2000 ? [] : [
    ["TOML", asToml(state.topology, state.message, queueArguments), "mine.toml"],
    ["definitions", asDefinitions(state.topology, queueArguments, (each) => leftOut.add(each)),
      "mine.json"],
  ];
  fill("share",
    el("p", null, asLink()
      ? "The address of this page holds the question: copy it, with message and step."
      : "This is too large for an address: save it as TOML."),
    forms.map(([name, written, file]) => el("div", null,
      el("label", null, name, el("textarea", { id: `as-${name}`, rows: 6, readonly: true }, written)),
      button(`save-${name}`, `save ${file}`, () => save(file, written)))),
    leftOut.size ? el("p", null, `Definitions cannot hold all: ${[...leftOut].join("; ")}.`) : "");
}

/* Give a text to be saved as a file. */
function save(file, written) {
  const address = URL.createObjectURL(new Blob([written], { type: "text/plain" }));
  el("a", { href: address, download: file }).click();
  URL.revokeObjectURL(address);
}
