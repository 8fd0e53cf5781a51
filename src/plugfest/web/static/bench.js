"use strict";

// The time that is left for an instruction counts down in the browser.
function showTimeLeft() {
  for (const shown of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.round((Date.parse(shown.dataset.until) - Date.now()) / 1000));
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
  }
}

// A new instruction is announced in the title of the tab, and by a phone that can vibrate.
let known = "";
const title = document.title;

function announce() {
  const open = document.querySelector("[data-instruction]")?.dataset.instruction ?? "";
  document.title = open === "" ? title : `● ${title}`;
  if (open !== "" && open !== known) navigator.vibrate?.(200);
  known = open;
  showTimeLeft();
}

setInterval(showTimeLeft, 1000);
announce();
document.addEventListener("htmx:sseMessage", announce);

// A chosen file is sent at once, and becomes the choice of its list.
async function upload(field) {
  const file = field.files[0];
  const problem = document.querySelector(`#${field.id}-wrong`);
  problem.textContent = "";
  if (file === undefined) return;
  if (file.size > Number(field.dataset.most)) {
    problem.textContent = `give a file of at most ${Number(field.dataset.most).toLocaleString("en")} bytes`;
    return;
  }
  try {
    const answer = await fetch(`${field.dataset.upload}?file=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    const text = await answer.text();
    if (answer.status === 201) choose(document.querySelector(`#${field.dataset.for}`), text);
    else problem.textContent = text;
  } catch {
    problem.textContent = "The server of this page does not answer. Is plugfest serve still running?";
  }
  field.value = "";
}

function choose(list, name) {
  const known = [...list.options].find((one) => one.value === name);
  if (known === undefined) list.add(new Option(name, name, true, true));
  else known.selected = true;
}

document.addEventListener("change", (event) => {
  if (event.target.dataset.upload !== undefined) upload(event.target);
});
