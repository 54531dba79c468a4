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

/* Make a button; one that is off can still be found, and does nothing. */
function button(id, label, onclick, { off = false, ...given } = {}) {
  const pressed = off ? {} : { onclick };
  return el("button", { id, type: "button", "aria-disabled": off && "true", ...pressed, ...given }, label);
}

const FOCUSABLE = "button, input, select, textarea";

/* Fill a part of the page anew; what had the focus keeps it, or what stands in its place. */
function fill(id, ...nodes) {
  const part = document.getElementById(id);
  const had = [...part.querySelectorAll(FOCUSABLE)];
  const before = document.activeElement;
  part.replaceChildren(...nodes.flat(2).filter((each) => each !== undefined && each !== ""));
  if (!had.includes(before)) return;
  const there = [...part.querySelectorAll(FOCUSABLE)];
  const same = there.find((each) => each.id === before.id);
  const focused = same ?? there[Math.min(had.indexOf(before), there.length - 1)];
  focused?.focus({ preventScroll: true });
  if (same && before.selectionStart) same.setSelectionRange(before.selectionStart, before.selectionEnd);
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
