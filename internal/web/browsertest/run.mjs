// Looks at pages with a real browser: no axe violations in light and dark, on a phone and on a desk,
// nothing wider than the screen, nothing that the policy of the page refused, and a survey that is
// answered with scripts switched off. The plan comes as JSON on standard input:
//   {"base": "http://…", "out": "folder for pictures",
//    "pages": [{"name", "path", "enter": "path that signs in, optional", "customer": whether it must also
//      hold on the narrowest screen (320 px, which is a desk at 400 %) with forced colours,
//      "once": whether one screen is enough, "submit": whether its first form is sent as it is, to look at what comes back}],
//    "answer": [{"path", "score", "comment", "thanks"}]}
// Prints one line per finding and ends with status 1 when there was any.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const plan = JSON.parse(fs.readFileSync(0, "utf8"));
const screens = [{ name: "phone", width: 390, height: 844, dark: false }, { name: "desk", width: 1440, height: 900, dark: true },
  { name: "narrow", width: 320, height: 640, dark: false, forced: true }];
let found = 0;
const finding = (text) => { found++; console.log(text); };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
});

async function context(screen, options = {}) {
  return browser.newContext({
    viewport: { width: screen.width, height: screen.height }, deviceScaleFactor: 1,
    colorScheme: screen.dark ? "dark" : "light", reducedMotion: "reduce", forcedColors: screen.forced ? "active" : "none", ...options,
  });
}

// look opens one page and reports what is wrong with it.
async function look(page, where, name, screen, submit) {
  const label = `${name} on the ${screen.name}`;
  const refused = [];
  page.removeAllListeners("console");
  page.on("console", (m) => { if (m.type() === "error") refused.push(m.text()); });
  let res = await page.goto(plan.base + where, { waitUntil: "load" });
  if (submit) {
    const back = page.waitForNavigation({ waitUntil: "load" });
    await page.evaluate(() => document.querySelector("form").submit());
    res = await back;
  }
  await page.waitForTimeout(screen.forced ? 50 : 300);
  const serious = refused.filter((t) => !/status of 4\d\d/.test(t) && !/Cross-Origin-Opener-Policy/.test(t));
  for (const t of serious) finding(`${label}: console: ${t}`);
  if (res.status() >= 500) finding(`${label}: status ${res.status()}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) finding(`${label}: ${wide} px wider than the screen`);
  await page.evaluate(axe);
  const report = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], iframes: false }));
  for (const v of report.violations) {
    for (const n of v.nodes.slice(0, 3)) finding(`${label}: ${v.id}: ${n.target.join(" ")}: ${n.failureSummary.replace(/\s+/g, " ")}`);
  }
  if (plan.out) await page.screenshot({ path: path.join(plan.out, `${name}-${screen.name}.png`), fullPage: true });
}

for (const screen of screens) {
  const contexts = new Map();
  for (const p of plan.pages) {
    if (screen.forced && !p.customer || p.once && screen !== screens[0]) continue;
    const key = p.enter || "";
    if (!contexts.has(key)) {
      const c = await context(screen);
      const page = await c.newPage();
      if (key) {
        await page.goto(plan.base + key);
        const button = page.locator("main form button");
        if (/\/sign-in\//.test(page.url())) { await button.click(); await page.waitForLoadState(); }
      }
      contexts.set(key, page);
    }
    await look(contexts.get(key), p.path, p.name, screen, p.submit);
  }
  for (const page of contexts.values()) await page.context().close();
}

// A customer without scripts.
for (const a of plan.answer || []) {
  const c = await context(screens[0], { javaScriptEnabled: false });
  const page = await c.newPage();
  await page.goto(plan.base + a.path);
  await page.locator(`label:has(#s${a.score})`).click();
  await page.locator("#comment").fill(a.comment);
  await page.locator("form button").click();
  await page.waitForLoadState();
  const text = await page.locator("main").innerText();
  if (!text.includes(a.thanks) || !text.includes(a.comment)) finding(`answering ${a.path} without scripts led to: ${text}`);
  if ((await c.cookies()).length) finding(`answering ${a.path} left a cookie`);
  await c.close();
}

// A customer with a keyboard only: the arrows choose, Tab leads on, Enter on the button sends.
for (const a of plan.keyboard || []) {
  const c = await context(screens[0]);
  const page = await c.newPage();
  await page.goto(plan.base + a.path);
  await page.keyboard.press("Tab");
  for (let i = 0; i < a.right; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  await page.keyboard.type(a.comment);
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement.tagName === "BUTTON")) break;
  }
  await page.keyboard.press("Enter");
  await page.waitForLoadState();
  const text = await page.locator("main").innerText();
  if (!text.includes(a.thanks) || !text.includes(a.comment)) finding(`answering ${a.path} by keyboard led to: ${text}`);
  await c.close();
}

await browser.close();
console.log(found ? `${found} findings` : "nothing to complain about");
process.exit(found ? 1 : 0);
