// Draws the trend of the board with its interval as a band. Everything it shows stands in the table
// below the chart as well, which is what a browser without scripts has.
"use strict";
(() => {
  const color = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const draw = (box) => {
    const data = JSON.parse(box.dataset.trend);
    const readout = box.parentElement.querySelector(".readout");
    const text = (v) => {
      const s = Math.abs(v).toFixed(data.digits);
      const sign = Number(s) === 0 ? "" : v < 0 ? "−" : data.min < 0 ? "+" : "";
      return sign + s;
    };
    const tell = (i) => {
      if (i == null) { readout.textContent = ""; return; }
      const rest = data.holidays[i] ? `, ${data.holidays[i]}` : "";
      const n = data.n[i].toLocaleString("en") + (data.n[i] === 1 ? " answer" : " answers");
      readout.textContent = data.score[i] == null
        ? `${data.labels[i]}: too few answers (${data.n[i]})${rest}`
        : `${data.labels[i]}: ${text(data.score[i])}${data.unit ? " " + data.unit : ""}, between ${text(data.low[i])} and ${text(data.high[i])}, ${n}${rest}`;
    };
    const range = () => {
      const all = [...data.low, ...data.high].filter((v) => v != null);
      if (!all.length) return [data.min, data.max];
      const step = data.max - data.min > 20 ? 10 : 0.5;
      return [Math.max(data.min, Math.floor(Math.min(...all) / step) * step), Math.min(data.max, Math.ceil(Math.max(...all) / step) * step)];
    };
    const marks = (u) => { // where the wording of the question changed
      const ctx = u.ctx;
      ctx.save();
      ctx.strokeStyle = color("--axis-chart");
      ctx.setLineDash([4, 4]);
      for (const i of data.reworded) {
        const x = Math.round(u.valToPos(i, "x", true));
        ctx.beginPath(); ctx.moveTo(x, u.bbox.top); ctx.lineTo(x, u.bbox.top + u.bbox.height); ctx.stroke();
      }
      ctx.setLineDash([]);
      ctx.fillStyle = color("--rest-chart");
      data.holidays.forEach((name, i) => { // days of rest, below the line
        if (!name) return;
        const x = u.valToPos(i, "x", true), half = Math.max(2, (u.valToPos(1, "x", true) - u.valToPos(0, "x", true)) / 2);
        ctx.fillRect(x - half, u.bbox.top, 2 * half, u.bbox.height);
      });
      ctx.restore();
    };
    const axis = (extra) => Object.assign({
      stroke: () => color("--axis-chart"), font: "12px system-ui, sans-serif",
      grid: { stroke: () => color("--grid-chart"), width: 1 }, ticks: { show: false },
    }, extra);
    const last = data.labels.length - 1;
    const size = () => ({ width: Math.max(200, box.clientWidth), height: box.clientHeight || 240 });
    box.classList.add("drawn");
    const chart = new uPlot({
      ...size(),
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 9 } },
      scales: { x: { time: false, range: [-0.3, last + 0.3] }, y: { range } },
      axes: [
        axis({
          grid: { show: false }, space: 64, incrs: [1, 2, 3, 4, 5, 7, 10, 14, 20, 30],
          values: (_, at) => at.map((i) => (Number.isInteger(i) && data.labels[i]) || ""),
        }),
        axis({ size: 44, values: (_, at) => at.map((v) => text(v)) }),
      ],
      series: [
        {},
        { stroke: "transparent", points: { show: false } },
        { stroke: "transparent", points: { show: false } },
        { stroke: () => color("--line-chart"), width: 2.5, points: { show: true, size: 7, fill: () => color("--line-chart") } },
      ],
      bands: [{ series: [2, 1], fill: () => color("--band-chart") + "33" }],
      hooks: { drawAxes: [marks], setCursor: [(u) => tell(u.cursor.idx)] },
    }, [data.labels.map((_, i) => i), data.low, data.high, data.score], box);

    box.tabIndex = 0;
    let at = null;
    const move = (i) => {
      at = Math.max(0, Math.min(last, i));
      chart.setCursor({ left: chart.valToPos(at, "x"), top: 0 });
    };
    box.addEventListener("keydown", (e) => {
      const to = { ArrowLeft: (at ?? last + 1) - 1, ArrowRight: (at ?? -1) + 1, Home: 0, End: last }[e.key];
      if (to === undefined) return;
      e.preventDefault();
      move(to);
    });
    new ResizeObserver(() => chart.setSize(size())).observe(box.parentElement);
    for (const query of ["(prefers-color-scheme: dark)", "print"]) {
      matchMedia(query).addEventListener("change", () => chart.redraw(false));
    }
  };
  for (const box of document.querySelectorAll("[data-trend]")) draw(box);
})();
