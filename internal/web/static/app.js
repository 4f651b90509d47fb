// Enhancements of the staff's pages; everything works without them.
(() => {
  "use strict";
  const span = (ms) => {
    const min = Math.floor(Math.abs(ms) / 60000), d = Math.floor(min / 1440), h = Math.floor(min / 60) % 24, m = min % 60;
    if (d >= 3) return `${d} days`;
    if (d >= 1) return h ? `${d} d ${h} h` : `${d} d`;
    if (h >= 1) return m ? `${h} h ${m} min` : `${h} h`;
    return `${Math.max(m, 1)} min`;
  };
  // The clock of a case goes on while the page is open. The server's clock counts, not the visitor's.
  const server = Date.parse(document.documentElement.dataset.now || "") || Date.now();
  const opened = Date.now();
  const tick = () => {
    const now = server + (Date.now() - opened);
    for (const el of document.querySelectorAll("[data-until]")) {
      const rest = Date.parse(el.dataset.until) - now;
      el.textContent = rest < -60000 ? `${span(rest)} over` : rest < 60000 ? "due now" : `${span(rest)} left`;
      el.classList.toggle("bad", rest < 0);
      el.classList.toggle("warn", rest >= 0 && rest < 3600000);
    }
  };
  if (document.querySelector("[data-until]")) { tick(); setInterval(tick, 20000); }

  // j and k walk through a list, Enter opens: the links keep their own focus ring.
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    if (e.key !== "j" && e.key !== "k") return;
    const links = [...document.querySelectorAll("[data-row]")];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = e.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
    links[next].focus();
    e.preventDefault();
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (e) => {
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    e.target.dataset.sent = "1";
    setTimeout(() => { delete e.target.dataset.sent; }, 4000);
  });
})();
