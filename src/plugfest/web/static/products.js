// The list of products: copies and imports. The editor of a PICS: lines of the text, and a warning before changes are lost.
"use strict";

function chooseCopy(name) {
  const from = document.querySelector("#from");
  from.value = name;
  from.dispatchEvent(new Event("change"));
  const field = document.querySelector("#name");
  if (field.value === "") field.value = `my-${name}`.slice(0, 60);
  field.focus();
}

function showIdentity() {
  const from = document.querySelector("#from");
  document.querySelector(".only-new").hidden = !/^[0-9.]+$/.test(from.value);
}

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy !== null) {
    event.preventDefault();
    chooseCopy(copy.dataset.copy);
  }
  const line = event.target.closest("[data-line]");
  if (line !== null) selectLine(Number(line.dataset.line));
});

function selectLine(number) {
  const text = document.querySelector("#text");
  const lines = text.value.split("\n");
  const begin = lines.slice(0, number - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(begin, begin + lines[number - 1].length);
  text.scrollTop = (number - 4) * (text.scrollHeight / lines.length);
}

async function importFile(event) {
  event.preventDefault();
  const problem = document.querySelector("#import-problem");
  const file = document.querySelector("#file").files[0];
  problem.textContent = file === undefined ? "Choose a file." : "";
  if (file === undefined) return;
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(`/products/-/import?file=${encodeURIComponent(file.name)}`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: file,
    });
    if (answer.status === 201) location.assign(answer.headers.get("Location"));
    else problem.textContent = await answer.text();
  } catch {
    problem.textContent = "The server of this page does not answer. Is plugfest serve still running?";
  } finally {
    button.disabled = false;
  }
}

function guard(form) {
  const before = new URLSearchParams(new FormData(form)).toString();
  const unsaved = document.querySelector("[role=alert].card, p.problem[role=alert]:not(#problem)") !== null;
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    const changed = unsaved || new URLSearchParams(new FormData(form)).toString() !== before;
    if (changed && !leaving) event.preventDefault();
  });
}

const from = document.querySelector("#from");
  from.value = name;
  from.dispatchEvent(new Event("change"));
  const field = document.querySelector("#name");
  if (field.value === "") field.value = `my-${name}`.slice(0, 60);
  field.focus();
}

function showIdentity() {
  const from = document.querySelector("#from");
  document.querySelector(".only-new").hidden = !/^[0-9.]+$/.test(from.value);
}

document.addEventListener("click", (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy !== null) {
    event.preventDefault();
    chooseCopy(copy.dataset.copy);
  }
  const line = event.target.closest("[data-line]");
  if (line !== null) selectLine(Number(line.dataset.line));
});

function selectLine(number) {
  const text = document.querySelector("#text");
  const lines = text.value.split("\n");
  const begin = lines.slice(0, number - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(begin, begin + lines[number - 1].length);
  text.scrollTop = (number - 4) * (text.scrollHeight / lines.length);
}

async function importFile(event) {
  event.preventDefault();
  const problem = document.querySelector("#import-problem");
  const file = document.querySelector("#file").files[0];
  problem.textContent = file === undefined ? "Choose a file." : "";
  if (file === undefined) return;
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(`/products/-/import?file=${encodeURIComponent(file.name)}`, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: file,
    });
    if (answer.status === 201) location.assign(answer.headers.get("Location"));
    else problem.textContent = await answer.text();
  } catch {
    problem.textContent = "The server of this page does not answer. Is plugfest serve still running?";
  } finally {
    button.disabled = false;
  }
}

function guard(form) {
  const before = new URLSearchParams(new FormData(form)).toString();
  const unsaved = document.querySelector("[role=alert].card, p.problem[role=alert]:not(#problem)") !== null;
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    const changed = unsaved || new URLSearchParams(new FormData(form)).toString() !== before;
    if (changed && !leaving) event.preventDefault();
  });
}

// The answer to a check names how many answers there are; a button of the form submits it as usual.
document.addEventListener("htmx:confirm", (event) => {
  if (event.detail.triggeringEvent?.type === "submit") event.preventDefault();
});

const from = document.querySelector("#from");
if (from !== null) {
  from.addEventListener("change", showIdentity);
  showIdentity();
  document.querySelector("#import").addEventListener("submit", importFile);
  const wanted = new URLSearchParams(location.search).get("copy");
  if (wanted !== null) chooseCopy(wanted);
}
document.querySelectorAll("form[data-guard]").forEach(guard);
