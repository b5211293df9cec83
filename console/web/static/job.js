/* The job page, beyond what works without this file: seeking from a sentence, the sentence that is heard, keys, copying,
   and the page that keeps up with its job. */
"use strict";

(() => {
  const player = document.getElementById("player");
  const cues = [...document.querySelectorAll("a.cue")];

  // --- sentences ---

  const starts = (cue) => Number(cue.dataset.start);
  const heard = () => cues.findLast((cue) => starts(cue) <= player.currentTime + 0.05);

  const seek = (seconds) => {
    player.currentTime = Math.min(Math.max(seconds, 0), Number.isFinite(player.duration) ? player.duration : seconds);
  };

  const mark = () => {
    const now = player.currentTime > 0 || !player.paused ? heard() : undefined;
    for (const cue of cues) {
      if (cue === now) cue.setAttribute("aria-current", "true");
      else cue.removeAttribute("aria-current");
    }
  };

  if (player) {
    for (const cue of cues) {
      cue.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        seek(starts(cue));
        player.play().catch(() => {}); // a browser may not let a page play by itself; the place is right all the same
      });
    }
    for (const name of ["timeupdate", "seeked", "play"]) player.addEventListener(name, mark);
  }

  const step = (by) => {
    if (!cues.length) return;
    const place = cues.indexOf(heard());
    const cue = cues[Math.min(Math.max(place + by, 0), cues.length - 1)];
    seek(starts(cue));
    if (cues.includes(document.activeElement)) cue.focus();
  };

  // --- keys: never while somebody types, never with a modifier that belongs to the browser, and they can be switched off ---

  const keys = document.getElementById("keys");
  const keysOn = document.getElementById("keys-on");
  const KEPT = "reelineage-job-keys";

  if (keys && keysOn) {
    keys.hidden = false;
    keysOn.checked = localStorage.getItem(KEPT) !== "off";
    keysOn.addEventListener("change", () => localStorage.setItem(KEPT, keysOn.checked ? "on" : "off"));
  }

  const open = (verdict) => {
    const box = document.getElementById(`${verdict}-box`);
    if (!box) return;
    box.open = true;
    document.getElementById(`${verdict}-reason`).focus();
  };

  const types = (element) => element.closest("input, textarea, select, [contenteditable]");
  const acts = (element) => element.closest("button, summary, label");
  const near = (element) => element.closest("#watch, a.cue");

  const doing = {
    " ": (event) => !acts(event.target) && (player.paused ? player.play().catch(() => {}) : player.pause(), true),
    ArrowLeft: (event) => (seek(player.currentTime - (event.shiftKey ? 1 : 5)), true),
    ArrowRight: (event) => (seek(player.currentTime + (event.shiftKey ? 1 : 5)), true),
    ArrowUp: (event) => near(event.target) && (step(-1), true),
    ArrowDown: (event) => near(event.target) && (step(1), true),
    a: () => (open("approve"), true),
    r: () => (open("reject"), true),
    "?": () => ((keys.open = true), keys.querySelector("summary").focus(), true),
  };

  if (player && keysOn) {
    document.addEventListener("keydown", (event) => {
      if (!keysOn.checked || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (types(event.target)) return;
      const act = doing[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act && act(event)) event.preventDefault();
    }, true);
  }

  // --- credits ---

  const copy = document.getElementById("copy-credits");
  const credits = document.getElementById("credits");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(credits.value);
      document.getElementById("copied").textContent = "Copied.";
    });
  }

  // --- what would be asked for ---

  const edit = document.getElementById("edit");
  const count = document.getElementById("edit-count");
  const changed = () => {
    if (!edit) return 0;
    const texts = [...edit.querySelectorAll("textarea")].filter((one) => one.id !== "edit-reason");
    const again = edit.querySelectorAll("input[type=checkbox]:checked").length;
    return texts.filter((one) => one.value.trim() !== one.defaultValue.trim()).length + again;
  };
  if (edit) {
    edit.addEventListener("input", () => {
      const number = changed();
      count.textContent = number === 0 ? "" : number === 1 ? "1 change" : `${number} changes`;
    });
  }

  // --- keeping up: nothing that somebody has typed is ever lost to it ---

  const job = document.getElementById("job");
  const busy = () => {
    const typed = [...document.querySelectorAll("#decide textarea, #edit-reason")].some((one) => one.value.trim());
    const playing = player && !player.paused;
    return Boolean(typed || playing || changed() || document.getElementById("refused"));
  };

  const refresh = async () => {
    const answer = await fetch(job.dataset.address, { credentials: "same-origin" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("job");
    if (fresh && fresh.dataset.shown !== job.dataset.shown) return show(); // a script, a voice, pictures: more than a line
    const now = page.getElementById("progress");
    if (now) document.getElementById("progress").replaceChildren(...now.childNodes);
  };

  const show = () => {
    if (busy()) document.getElementById("changed").hidden = false;
    else if (location.pathname + location.search === job.dataset.address) location.reload(); // stays where it was scrolled to
    else location.assign(job.dataset.address);
  };

  document.addEventListener("job-changed", (event) => {
    if (!job || String(event.detail.id) !== job.dataset.liveJob) return;
    if (event.detail.state === job.dataset.state) {
      const text = document.getElementById("progress-text");
      if (event.detail.state === "running" && text) refresh().catch(() => {});
    } else show();
  });

  const refused = document.getElementById("refused");
  if (refused) refused.focus();
})();
