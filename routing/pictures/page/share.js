"use strict";
/* What is taken home. */

function showShare(link) {
  const { topology, message } = state;
  const queueArguments = lessonNow().arguments;
  const lost = { TOML: new Set(), definitions: new Set() };
  const forms = topology.bindings.length > 2000 ? [] : [
    ["TOML", asToml(topology, message, queueArguments, (each) => lost.TOML.add(each)), "mine.toml"],
    ["definitions", asDefinitions(topology, queueArguments, (each) => lost.definitions.add(each)),
      "mine.json"],
  ];
  fill("share",
    el("p", null, link
      ? "The address of this page holds the question: copy it, with message and step."
      : "This is too large for an address: save it as TOML."),
    forms.map(([name, written, file]) => el("div", null,
      el("label", null, name, el("textarea", { id: `as-${name}`, rows: 6, readonly: true }, written)),
      button(`save-${name}`, `save ${file}`, () => save(file, written)))),
    Object.entries(lost).map(([form, all]) => {
      return all.size ? el("p", null, `${form} cannot hold all: ${[...all].join("; ")}.`) : "";
    }));
}

/* Give a text to be saved as a file. */
function save(file, written) {
  const address = URL.createObjectURL(new Blob([written], { type: "text/plain" }));
  el("a", { href: address, download: file }).click();
  URL.revokeObjectURL(address);
}
