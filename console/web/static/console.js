// What every page does when scripts are on: times told as people say them, jobs that change while one looks, and a word
// when a request fails. Nothing here is needed to read or to decide.

(() => {
  "use strict";

  // --- times: "3 minutes ago", with the moment itself in the title ---

  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const units = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];

  function ago(moment) {
    const seconds = (moment - Date.now()) / 1000;
    const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? [];
    return unit ? words.format(Math.round(seconds / length), unit) : "just now";
  }

  function tellTimes(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const moment = Date.parse(time.dateTime);
      if (!Number.isNaN(moment)) time.textContent = ago(moment);
    }
  }

  // --- jobs that change ---

  const longestWait = 60000;
  let source = null;
  let wait = 1000;
  let timer = 0;

  function watched() {
    const jobs = new Map();
    for (const element of document.querySelectorAll("[data-live-job]")) {
      jobs.set(element.dataset.liveJob, element.dataset.sign ?? "");
    }
    return [...jobs].slice(0, 100).map(([id, sign]) => (sign ? `${id}-${sign}` : id)).join(",");
  }

  function listen() {
    clearTimeout(timer);
    source?.close();
    source = null;
    const ids = watched();
    if (!ids || document.hidden) return; // a browser has six connections a site: hidden pages hold none
    source = new EventSource(`/events/jobs?ids=${ids}`);
    source.addEventListener("open", () => { wait = 1000; });
    source.addEventListener("job", (event) => change(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      source?.close();
      timer = setTimeout(listen, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, longestWait);
    });
  }

  function change(job) {
    const old = document.getElementById(`job-${job.id}`);
    if (old && old.matches("li.job")) replace(old, job);
    for (const element of document.querySelectorAll(`[data-live-job="${job.id}"]`)) element.dataset.sign = job.sign;
    document.dispatchEvent(new CustomEvent("job-changed", { detail: job }));
  }

  // Only the parts that differ are exchanged, so that focus, an open menu and a loaded picture stay as they are.
  function replace(old, job) {
    const fresh = new DOMParser().parseFromString(`<ol>${job.html}</ol>`, "text/html").querySelector("li.job");
    tellTimes(fresh);
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const place = old.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!place || place.innerHTML === part.innerHTML) continue;
      const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
      const open = place.querySelector("details[open]") !== null;
      place.replaceWith(part);
      if (open) part.querySelector("details")?.setAttribute("open", "");
      if (focused) (document.getElementById(focused) ?? document.getElementById(`job-${job.id}-link`))?.focus();
      window.htmx?.process(part);
    }
    if (old.dataset.jobState !== job.state) say(`Job ${job.id} is ${job.state.replaceAll("_", " ")}.`);
    old.dataset.jobState = job.state;
  }

  // --- a word to everybody, screen readers too ---

  function say(text, tone) {
    const notice = document.getElementById("notice");
    notice.textContent = text;
    notice.dataset.tone = tone ?? "";
  }

  function refused(event) {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const reason = page.querySelector("main .callout p")?.textContent.trim();
    say(reason || `That did not work (${event.detail.xhr.status || "no answer"}). Reload the page and try again.`, "bad");
  }

  // a picture that was taken down, or whose file is gone: its place stays, plain
  document.addEventListener("error", (event) => { if (event.target.matches?.("img.thumbnail")) event.target.removeAttribute("src"); }, true);
  for (const image of document.querySelectorAll("img.thumbnail")) {
    if (image.complete && !image.naturalWidth) image.removeAttribute("src"); // it failed before this file was here
  }

  document.addEventListener("visibilitychange", listen);
  document.addEventListener("htmx:afterSettle", (event) => { tellTimes(event.detail.elt ?? document); listen(); });
  document.addEventListener("htmx:responseError", refused);
  document.addEventListener("htmx:sendError", refused);
  document.addEventListener("click", (event) => { if (event.target.id === "notice") say(""); });
  window.addEventListener("pagehide", () => source?.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  setInterval(() => tellTimes(document), 30000);
  tellTimes(document);
  listen();
})();
