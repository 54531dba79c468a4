"use strict";
/* Elements of the page.  All that is foreign goes in as text; the page's policy forbids all else. */

const MOST_SHOWN = 200;
/* So many bindings of an exchange, or queues, are shown at once; a filter finds the others. */

/* Make an element; what is given begins with `on` is a listener, true and false set or leave out. */
function el(name, given, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(given ?? {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((each) => each !== undefined && each !== ""));
  return node;
}

const code = (written) => el("code", null, written);
const button = (id, label, onclick, given) => {
  return el("button", { id, type: "button", onclick, ...given }, label);
};

/* Fill a part of the page anew; what had the focus keeps it. */
function fill(id, ...nodes) {
  const part = document.getElementById(id);
  const before = part.contains(document.activeElement) ? document.activeElement : null;
  part.replaceChildren(...nodes.flat().filter((each) => each !== undefined));
  if (!before) return;
  const focused = document.getElementById(before.id) ?? part.querySelector("button");
  focused?.focus();
  if (before.selectionStart) focused?.setSelectionRange?.(before.selectionStart, before.selectionEnd);
}

function notice(said) {
  document.getElementById("notice").textContent = said;
}

/* Give some of many, those first that are worth it, in their order, and count the others. */
function mostOf(all, worth, most = MOST_SHOWN) {
  if (all.length <= most) return [all, 0];
  const first = new Set([...all.filter(worth), ...all].slice(0, most));
  return [all.filter((each) => first.has(each)), all.length - first.size];
}
