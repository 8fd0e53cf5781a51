// The list of products: copies and imports. The editor: lines of the text, and a warning before changes are lost.
"use strict";

function chooseCopy(name) {
  document.querySelector("#from").value = name;
  showIdentity();
  const field = document.querySelector("#name");
  if (field.value === "") field.value = `my-${name}`.slice(0, 60);
  field.focus();
}

// A copy has the vendor and the model of its source; a new product is asked for them.
function showIdentity() {
  document.querySelector(".only-new").hidden = !/^[0-9.]+$/.test(document.querySelector("#from").value);
}

function selectLine(number) {
  const text = document.querySelector("#text");
  const lines = text.value.split("\n");
  const begin = lines.slice(0, number - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(begin, begin + lines[number - 1].length);
  text.scrollTop = (number - 4) * (text.scrollHeight / lines.length);
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

async function importFile(event) {
  event.preventDefault();
  const problem = document.querySelector("#import-problem");
  const file = document.querySelector("#file").files[0];
  problem.textContent = file === undefined ? "Choose a file." : "";
  if (file === undefined) return;
  const button = event.target.querySelector("button");
  button.disabled = true;
  button.textContent = "Importing …";
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
    button.textContent = "Import";
  }
}

// Warns before a page is left that holds changes. The server marks a page that came back with changes.
function guard(form) {
  const current = () => new URLSearchParams(new FormData(form)).toString();
  const before = current();
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (form.dataset.unsaved !== undefined || current() !== before)) event.preventDefault();
  });
}

if (document.querySelector("#import") !== null) {
  document.querySelector("#from").addEventListener("change", showIdentity);
  document.querySelector("#import").addEventListener("submit", importFile);
  showIdentity();
  const wanted = new URLSearchParams(location.search).get("copy");
  if (wanted !== null) chooseCopy(wanted);
}
document.querySelectorAll("form[data-guard]").forEach(guard);
