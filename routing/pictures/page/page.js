"use strict";
/* The page: shows what is declared and a message, takes a guess, and tells the way step by step. */

/* Show all anew; form: also what is being typed into. */
function show({ form = false } = {}) {
  const answer = answerNow();
  const steps = stepsOf(answer);
  if (state.step !== null) state.step = Math.min(state.step, steps.length - 1);
  showTopology(answer, steps);
  if (form) {
    state.wrong.clear();
    [showHead(), showMessage(), showChange()];
  }
  showAsk(answer, steps);
  fill("sent", `published to ${sentSaid(state.message)}`);
  showScore();
  const link = asLink();
  showShare(link);
  history.replaceState(null, "", link || location.pathname);
  document.getElementById("restore").setAttribute("aria-disabled", String(!state.changed));
  keepFree();
  const now = document.querySelector(".binding.now") ?? document.querySelector(".exchange.now h3");
  if (isFixed()) now?.scrollIntoView({ block: "nearest" }); // it may be beyond a long list
}

/* Tell whether the buttons stay where they are; where not, nothing may move them away. */
function isFixed() {
  return getComputedStyle(document.querySelector(".bar")).position === "fixed";
}

/* Keep free what the buttons lie over. */
function keepFree() {
  const bar = document.querySelector(".bar");
  const height = isFixed() ? bar.offsetHeight : 0;
  document.documentElement.style.setProperty("--bar", `${height}px`);
}

/* Change something, and show what comes of it. */
function after(change, how) {
  return (event) => {
    stop();
    notice("");
    change(event);
    show(how);
  };
}

function showHead() {
  const options = (all, chosen) => all.map(([value, label]) => {
    return el("option", { value, selected: value === chosen }, label);
  });
  const lessons = document.getElementById("lesson");
  lessons.replaceChildren(...options(data.lessons.map((each, at) => [at, each.name]), state.lesson));
  lessons.onchange = after(() => begin(Number(lessons.value)), { form: true });
  const versions = document.getElementById("version");
  const known = Object.keys(data.versions).map((each) => [each, each]);
  versions.replaceChildren(...options(known, state.version));
  versions.onchange = after(() => Object.assign(state, { version: versions.value, step: null }));
  fill("idea", lessonNow().lesson.map((each) => el("p", null, each)));
}

function start() {
  try {
    fromLink(location.hash);
    show({ form: true });
    notice("");
  } catch (error) {
    begin(0);
    show({ form: true });
    notice(`This link cannot be followed (${error.message}): here is the first lesson.`);
  }
}

/* Arrow keys go step by step, where nothing is being typed. */
document.addEventListener("keydown", (event) => {
  const typing = /INPUT|SELECT|TEXTAREA/.test(event.target.tagName);
  const pressed = { ArrowRight: "forward", ArrowLeft: "back" }[event.key];
  if (pressed && !typing && !event.altKey && !event.ctrlKey && !event.metaKey) {
    document.getElementById(pressed).click();
  }
});
addEventListener("hashchange", start);
document.getElementById("page").hidden = false;
new ResizeObserver(keepFree).observe(document.querySelector(".bar"));
keepFree();
start();
document.getElementById("plain").hidden = true;
