// The machines and the people of the scanner lab, in a real browser. The plan comes as JSON on standard
// input: {"base", "parallel", "open": [paths], "press": [paths], "people": [{"path", "how"}]}.
// open: a scanner with scripts loads the page and stays a while. press: one that clicks the first button
// 300 ms after the page has loaded, and waits what happens. people: somebody reads, moves, and answers,
// with one click of the mail ("mouse", "touch", "keys") or with the button ("button"). Prints one line
// of JSON: how many of each got through, and what went wrong.
import fs from "node:fs";
import { chromium } from "playwright-core";

const plan = JSON.parse(fs.readFileSync(0, "utf8"));
let pressed = 0;
const result = { opened: 0, pressed: 0, late: 0, answered: 0, wrong: [] };
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
});
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const between = (low, high) => low + Math.random() * (high - low);

// each runs work for every item, so many at once; every visitor is a browser without any memory.
async function each(items, options, work) {
  const left = [...items];
  const one = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const context = await browser.newContext({ viewport: { width: 900, height: 1500 }, ...(options(item)) });
      const page = await context.newPage();
      try {
        await work(page, item);
      } catch (e) {
        result.wrong.push(`${JSON.stringify(item)}: ${String(e).split("\n")[0]}`);
      }
      await context.close();
    }
  };
  await Promise.all(Array.from({ length: plan.parallel || 4 }, one));
}

await each(plan.open || [], () => ({}), async (page, path) => {
  await page.goto(plan.base + path, { waitUntil: "load" });
  await pause(1800);
  result.opened++;
});

// Every other press is a script's inside the page, the others are the browser's own events. On a machine
// too busy to press in time a press says nothing, so it is left out and counted as late.
await each(plan.press || [], () => ({}), async (page, path) => {
  const own = pressed++ % 2 === 0;
  if (own) {
    await page.addInitScript(() => addEventListener("load", () => setTimeout(() => document.querySelector("button")?.click(), 300)));
    await page.goto(plan.base + path, { waitUntil: "load" });
  } else {
    await page.goto(plan.base + path, { waitUntil: "load" });
    const box = await page.locator("button").first().boundingBox();
    const after = () => page.evaluate(() => performance.now() - performance.getEntriesByType("navigation")[0].loadEventEnd);
    await pause(Math.max(0, 300 - await after()));
    if (!box || await after() > 600) { result.late++; return; }
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  }
  await pause(2200);
  result.pressed++;
});

async function wander(page) {
  for (let i = 0; i < 3; i++) {
    await page.mouse.move(between(50, 800), between(50, 600), { steps: 8 });
    await pause(between(120, 400));
  }
}

await each(plan.people || [], (p) => (p.how === "touch" ? { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } } : {}), async (page, p) => {
  await page.goto(plan.base + p.path, { waitUntil: "load" });
  await pause(between(900, 1800));
  if (p.how === "touch") {
    await page.touchscreen.tap(between(40, 300), between(20, 60)); // on the heading: nothing there to press
  } else if (p.how === "keys") {
    await page.keyboard.press("Tab");
    await pause(200);
    await page.keyboard.press("Tab");
  } else {
    await wander(page);
  }
  if (p.how === "button") {
    const box = await page.locator("form[data-survey] > button").boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 12 });
    await pause(between(80, 250));
    await Promise.all([page.waitForURL(/\/thanks/, { timeout: 30000 }), page.mouse.down().then(() => pause(60)).then(() => page.mouse.up())]);
  } else {
    await page.locator("#counted").waitFor({ state: "visible", timeout: 30000 });
  }
  result.answered++;
});

await browser.close();
console.log(JSON.stringify(result));
