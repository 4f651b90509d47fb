// Enhancements of the staff's pages; everything works without them.
(() => {
  "use strict";
  const root = document.documentElement;
  const words = (key, span) => (root.dataset[key] || "{span}").replace("{span}", span);
  const unit = (n, key) => `${n}\u00a0${root.dataset[key] || ""}`;
  const span = (ms) => {
    const min = Math.floor(Math.abs(ms) / 60000), d = Math.floor(min / 1440), h = Math.floor(min / 60) % 24, m = min % 60;
    if (d >= 3 || (d >= 1 && !h)) return unit(d, "days");
    if (d >= 1) return `${unit(d, "days")} ${unit(h, "hours")}`;
    if (h >= 1) return m ? `${unit(h, "hours")} ${unit(m, "minutes")}` : unit(h, "hours");
    return unit(Math.max(m, 1), "minutes");
  };
  // The clock of a case goes on while the page is open. The server's clock counts, not the visitor's.
  const server = Date.parse(root.dataset.now || "") || Date.now();
  const opened = Date.now();
  const tick = () => {
    const now = server + (Date.now() - opened);
    for (const el of document.querySelectorAll("[data-until]")) {
      const rest = Date.parse(el.dataset.until) - now;
      const text = rest < -60000 ? words("over", span(rest)) : rest < 60000 ? root.dataset.due || "" : words("left", span(rest));
      if (el.textContent !== text) el.textContent = text;
      el.classList.toggle("bad", rest < 0);
      el.classList.toggle("warn", rest >= 0 && rest < 3600000);
    }
  };
  tick();
  setInterval(tick, 20000);

  // Keys. They do nothing while somebody writes, and nothing that a button on the page would not do.
  const help = document.getElementById("keys");
  const writes = (el) => el.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) && !/^(radio|checkbox|button|submit)$/.test(el.type || ""));
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((el) => el.offsetParent !== null);
  const walk = (step) => {
    const links = rows();
    if (!links.length) return false;
    const at = links.indexOf(document.activeElement);
    const next = Math.max(0, Math.min(at + step, links.length - 1));
    links[next].focus();
    links[next].scrollIntoView({ block: "nearest" });
    return true;
  };
  // go opens the part of the page that carries a key, and puts the cursor into its first field.
  const go = (key) => {
    const part = document.querySelector(`[data-key="${key}"]`);
    if (!part) return false;
    if (part.tagName === "A") { part.click(); return true; }
    if (part.tagName === "INPUT") { part.focus(); part.select(); return true; }
    if (part.tagName === "DETAILS") part.open = true;
    const first = part.querySelector("textarea, input:not([type=hidden]), select, button");
    if (first) first.focus();
    part.scrollIntoView({ block: "nearest" });
    return true;
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || writes(e.target)) return;
    if (help && help.open && e.key !== "?") return;
    let done = true;
    switch (e.key) {
      case "j": done = walk(1); break;
      case "k": done = walk(-1); break;
      case "a": case "c": case "r": case "n": case "/": done = go(e.key); break;
      case "?": if (help && help.showModal) { if (help.open) help.close(); else help.showModal(); } else done = false; break;
      default: done = false;
    }
    if (done) e.preventDefault();
  });
  for (const b of document.querySelectorAll("[data-help]")) {
    b.hidden = false;
    b.addEventListener("click", () => help && help.showModal && help.showModal());
  }

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (e) => {
    if (e.target.method === "dialog") return;
    if (e.target.dataset.sent) { e.preventDefault(); e.stopImmediatePropagation(); return; }
    e.target.dataset.sent = "1";
    setTimeout(() => { delete e.target.dataset.sent; }, 4000);
  }, true);

  // Pages that show a desk follow it. Nothing is replaced under the hands of somebody who writes: then a
  // line says that there is something new.
  const main = () => document.getElementById("main");
  const busy = () => {
    const el = document.activeElement;
    if (el && writes(el)) return true;
    return [...main().querySelectorAll("textarea, input[type=text], input:not([type])")].some((f) => f.value !== f.defaultValue) || (help && help.open);
  };
  const news = () => {
    const line = document.getElementById("news");
    if (line) line.hidden = false;
  };
  let waiting = false;
  const refresh = () => {
    if (busy() || !globalThis.htmx) { news(); return; }
    const links = rows(), at = links.indexOf(document.activeElement), href = at >= 0 ? links[at].getAttribute("href") : "";
    globalThis.htmx.ajax("GET", location.href, { target: "#main", select: "#main", swap: "outerHTML" }).then(() => {
      tick();
      const again = href && rows().find((el) => el.getAttribute("href") === href);
      if (again) again.focus({ preventScroll: true });
    });
  };
  const live = root.dataset.live;
  if (live && globalThis.EventSource) {
    const source = new EventSource(live);
    source.addEventListener("desk", () => {
      if (document.hidden) { waiting = true; return; }
      refresh();
    });
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && waiting) { waiting = false; refresh(); }
    });
    addEventListener("pagehide", () => source.close());
  }
  document.addEventListener("htmx:afterSettle", tick);
})();
