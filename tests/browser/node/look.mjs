// Lighthouse (accessibility) and pa11y (WCAG 2.1 AA, HTML_CodeSniffer) at a page that is open in a browser, as it stands.
// Usage: node look.mjs WEBSOCKET_OF_THE_BROWSER ADDRESS_OF_THE_PAGE mobile|desktop; prints {"lighthouse": [...], "htmlcs": [...]} as JSON.
// Each finding has a rule, the element's HTML, a selector and why. What Lighthouse and pa11y can do but a look does not need
// (loading the page anew, another screen, several runs) is left out: the page is judged as the visitor has it before them.

import { snapshot } from "lighthouse";
import pa11y from "pa11y";
import puppeteer from "puppeteer";

const [endpoint, address, formFactor] = process.argv.slice(2);
const browser = await puppeteer.connect({ browserWSEndpoint: endpoint, defaultViewport: null });

try {
  const page = (await browser.pages()).find((one) => one.url() === address);
  if (page === undefined) throw new Error(`no page is open at ${address}`);
  page.setViewport = async () => {}; // the screen is the visitor's
  console.log(JSON.stringify({ lighthouse: await seenByLighthouse(page), htmlcs: await seenByPa11y(page) }));
} finally {
  await browser.disconnect();
}

async function seenByLighthouse(page) {
  const { lhr } = await snapshot(page, {
    flags: { onlyCategories: ["accessibility"], screenEmulation: { disabled: true }, formFactor, throttlingMethod: "provided" },
  });
  if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
  const asked = lhr.categories.accessibility.auditRefs.map(({ id }) => lhr.audits[id]);
  const failed = asked.filter(({ scoreDisplayMode, score }) => scoreDisplayMode === "error" || (score !== null && score < 1));
  return {
    looked: asked.filter(({ scoreDisplayMode }) => scoreDisplayMode === "binary").map(({ id }) => id),
    found: failed.flatMap(({ id, title, details }) =>
      (details?.items?.length ? details.items : [{}]).map(({ node }) => ({
        rule: id,
        selector: node?.selector ?? "",
        html: node?.snippet ?? "",
        why: node?.explanation ?? title,
      })),
    ),
  };
}

async function seenByPa11y(page) {
  const { issues } = await pa11y(address, {
    browser,
    page,
    ignoreUrl: true,
    standard: "WCAG2AA",
    runners: ["htmlcs"], // pa11y's other runner is axe, which looks at every page by itself
    includeNotices: true,
    includeWarnings: true,
    timeout: 120000,
  });
  return {
    looked: [...new Set(issues.map(({ code }) => code))],
    found: issues
      .filter(({ type }) => type === "error")
      .map(({ code, selector, context, message }) => ({ rule: code, selector, html: context, why: message })),
  };
}
