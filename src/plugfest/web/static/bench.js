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
