// Opens reports in headless Chromium as people do: three widths, light and dark, on paper. Ends with 1 where something is wrong.
// usage: node look.mjs OUT REPORT.html… ; pictures and PDFs are left in OUT. Started by `cargo xtask browser`.

import { execFileSync } from "node:child_process";
import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const WIDTHS = [360, 768, 1280];
const HEIGHT = 1000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WITHOUT_NETWORK = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

const [out, ...reports] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const wrong = [];
const bare = (text) => text.replace(/\s+/g, "").toLowerCase();

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: WITHOUT_NETWORK });
for (const report of reports) {
  for (const colorScheme of ["light", "dark"]) await onScreen(report, colorScheme);
  await onPaper(report);
}
await browser.close();
if (wrong.length > 0) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
console.log(`${reports.length} reports looked at; pictures and PDFs lie in ${out}`);

async function open(report, options) {
  const page = await browser.newPage(options);
  const url = pathToFileURL(resolve(report)).href;
  page.on("request", (request) => request.url() === url || fail(report, `asks for ${request.url()}`));
  page.on("console", (message) => fail(report, `console: ${message.text()}`));
  page.on("pageerror", (error) => fail(report, `error: ${error}`));
  await page.goto(url, { waitUntil: "load" });
  return page;
}

async function onScreen(report, colorScheme) {
  for (const width of WIDTHS) {
    const page = await open(report, { viewport: { width, height: HEIGHT }, colorScheme });
    const name = `${basename(report, ".html")}-${width}-${colorScheme}`;
    await page.screenshot({ path: join(out, `${name}.png`) });
    await fits(page, report, width);
    if (width === Math.max(...WIDTHS)) await answersAtOnce(page, report);
    await page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
    await fits(page, report, width);
    await accessible(page, report, name);
    await page.close();
  }
}

/** What not to do, what to do first, whom to call and what could not be seen begin on the first screen of a computer. */
async function answersAtOnce(page, report) {
  const ends = await page.evaluate(() => [...document.querySelectorAll(".first h2")].map((one) => one.getBoundingClientRect().bottom));
  if (ends.length < 4 || Math.max(...ends) > HEIGHT) fail(report, `the first screen ends before its cards begin: ${ends}`);
}

/** Nothing makes the page wider than the screen. */
async function fits(page, report, width) {
  const wide = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const isOver = (one) => one.getBoundingClientRect().right > root.clientWidth + 1;
    return [...document.querySelectorAll("body *")].filter(isOver).slice(0, 3).map((one) => one.outerHTML.slice(0, 120));
  });
  if (wide.length > 0) fail(report, `wider than ${width} px: ${wide.join(" | ")}`);
}

/** All rules of axe for WCAG 2.2 A and AA, and its own best practices. */
async function accessible(page, report, name) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, help, nodes } of violations) {
    fail(report, `${name}: axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }
}

/** As PDF: headings and what is folded on the screen can be found in its text. */
async function onPaper(report) {
  const page = await open(report, { viewport: { width: 1280, height: HEIGHT } });
  const wanted = await page.evaluate(() => {
    const texts = (selector) => [...document.querySelectorAll(selector)].map((one) => one.textContent);
    return [...texts("h1 .sentence, h2"), ...texts("details .explanation dd, details .finding .place code").slice(0, 40)];
  });
  const path = join(out, `${basename(report, ".html")}.pdf`);
  await page.pdf({ path, preferCSSPageSize: true });
  await page.close();
  const pages = /^Pages:\s+(\d+)/m.exec(execFileSync("pdfinfo", [path], { encoding: "utf8" }));
  if (!pages || Number(pages[1]) < 1) fail(report, "the PDF has no pages");
  const text = bare(execFileSync("pdftotext", ["-layout", path, "-"], { encoding: "utf8", maxBuffer: 1 << 28 }));
  // Long texts are broken over columns and pages; their beginnings stand in one line.
  const missing = wanted.map((one) => bare(one).slice(0, 16)).filter((one) => !text.includes(one));
  if (missing.length > 0) fail(report, `not in the PDF: ${missing.join(" | ")}`);
}

function fail(report, what) {
  wrong.push(`${basename(report)}: ${what}`);
}
