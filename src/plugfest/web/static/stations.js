// The pages of stations: the traffic is pausable, scrolls with its end, and keeps a bounded number of frames.
"use strict";

function trafficOf(target) {
  return target instanceof Element ? target.closest("#traffic") : null;
}

let follows = true;
let missed = 0;

function keepNewest(traffic) {
  while (traffic.childElementCount > Number(traffic.dataset.most)) traffic.firstElementChild.remove();
  if (follows) traffic.scrollTop = traffic.scrollHeight;
}

function showMissed() {
  document.querySelector("#missed").textContent = missed > 0 ? ` (${missed} new)` : "";
}

function pause() {
  const button = document.querySelector("#pause");
  const traffic = document.querySelector("#traffic");
  const paused = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(paused));
  if (paused || missed === 0) return;
  missed = 0;
  showMissed();
  const last = traffic.lastElementChild?.dataset.number ?? "0";
  htmx.ajax("GET", `${traffic.dataset.url}?after=${last}`, { target: traffic, swap: "beforeend" }).then(() => keepNewest(traffic));
}

document.addEventListener("htmx:sseBeforeMessage", (event) => {
  if (event.detail.type === "reload") location.reload();
  const traffic = trafficOf(event.target);
  if (traffic === null) return;
  if (document.querySelector("#pause").getAttribute("aria-pressed") === "true") {
    missed += event.detail.data.split("<details").length - 1;
    showMissed();
    event.preventDefault();
    return;
  }
  follows = traffic.scrollHeight - traffic.scrollTop - traffic.clientHeight < 40;
});

document.addEventListener("htmx:sseMessage", (event) => {
  const traffic = trafficOf(event.target);
  if (traffic !== null) keepNewest(traffic);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches(".json")) event.target.scrollIntoView({ block: "nearest" });
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#pause") !== null) pause();
  if (event.target.matches("input[data-key], select[data-key]")) event.target.focus();
});

document.addEventListener("DOMContentLoaded", () => {
  const traffic = document.querySelector("#traffic");
  if (traffic !== null) keepNewest(traffic);
});
