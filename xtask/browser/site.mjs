// Opens the documentation in headless Chromium as people do: three widths, light and dark, with and without scripts; searches it.
// Ends with 1 where something is wrong. usage: node site.mjs OUT SITE ; pictures are left in OUT. Started by `cargo xtask browser`.

import { readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const WIDEST = 1280;
/** The narrowest first: mdBook shows its contents by the width it begins with. */
const VIEWS = [["light", [360, 768, WIDEST]], ["dark", [WIDEST]]];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WITHOUT_NETWORK = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const PAGES = ["start/five-minutes", "guides/copy-the-evidence", "reference/evidence", "reference/rules/proxylogon/index",
  "reference/rules/proxylogon/virtual-directory-set-then-reset"];
/** Words that somebody looks for, and a page that must be among what is found. */
const SEARCHES = { en: ["web shell", "virtual directory reset"], ja: ["Web シェル", "判断できません", "仮想ディレクトリ リセット"] };

const [out, site] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
const wrong = [];
const root = `${pathToFileURL(resolve(site)).href}/`;

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: WITHOUT_NETWORK });
for (const lang of ["en", "ja"]) {
  for (const page of PAGES) await onScreen(lang, page);
  await withoutScripts(lang, "start/five-minutes");
  for (const words of SEARCHES[lang]) await find(lang, words);
}
await browser.close();
if (wrong.length > 0) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
console.log(`${2 * PAGES.length} pages of the documentation looked at; pictures lie in ${out}`);

async function open(path, options) {
  const page = await browser.newPage({ ...options, viewport: { width: WIDEST, height: 1000, ...options.viewport } });
  page.on("request", (request) => request.url().startsWith(root) || fail(path, `asks for ${request.url()}`));
  page.on("console", (message) => message.type() === "error" && fail(path, `console: ${message.text()}`));
  page.on("pageerror", (error) => fail(path, `error: ${error}`));
  await page.goto(`${root}${path}`, { waitUntil: "load" });
  return page;
}

async function onScreen(lang, name) {
  const path = `${lang}/${name}.html`;
  for (const [colorScheme, widths] of VIEWS) {
    const page = await open(path, { colorScheme, viewport: { width: widths[0] } });
    for (const width of widths) {
      await page.setViewportSize({ width, height: 1000 });
      await page.screenshot({ path: join(out, `${lang}-${name.replaceAll("/", "-")}-${width}-${colorScheme}.png`) });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) fail(path, `${wide} px wider than ${width} px`);
    }
    if ((await page.getAttribute("html", "lang")) !== lang) fail(path, "the language of the page is not told");
    await accessible(page, path);
    await page.close();
  }
}

/** What we write is accessible; mdBook's own frame is its own. */
async function accessible(page, path) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => axe.run("main", { resultTypes: ["violations"], preload: false }));
  for (const { id, help, nodes } of violations) {
    fail(path, `axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }
}

/** The text, the contents and the other language are there without scripts. */
async function withoutScripts(lang, name) {
  const path = `${lang}/${name}.html`;
  const page = await open(path, { javaScriptEnabled: false });
  await page.screenshot({ path: join(out, `${lang}-without-scripts.png`) });
  if ((await page.locator("main h2:visible").count()) < 3) fail(path, "without scripts the text is not there");
  if ((await page.locator("a.language:visible").count()) !== 1) fail(path, "without scripts the other language cannot be chosen");
  const links = await page.frameLocator("iframe").locator("a").count();
  if (links < 20) fail(path, `without scripts the contents have ${links} links`);
  await page.close();
}

async function find(lang, words) {
  const path = `${lang}/index.html`;
  const page = await open(path, {});
  await page.click("#mdbook-search-toggle");
  await page.fill("#mdbook-searchbar", words);
  await page.locator("#mdbook-searchbar").press("End");
  const first = page.locator("#mdbook-searchresults li a").first();
  await first.waitFor({ timeout: 10_000 }).catch(() => fail(path, `the search finds nothing for “${words}”`));
  await page.screenshot({ path: join(out, `${lang}-search-${SEARCHES[lang].indexOf(words)}.png`) });
  await page.close();
}

function fail(path, what) {
  wrong.push(`${path}: ${what}`);
}
