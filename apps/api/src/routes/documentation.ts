import { assetPath, BASE_STYLES, FAVICON, FOREVER, readAsset, sendAsset } from "@alivemcp/pages/asset";
import { Hono } from "hono";
import { docsPage } from "../docs/docs-page.ts";
import type { ApiDocument } from "../open-api/document.ts";

const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HOUR = "public, max-age=3600";
export const DOCS_STYLES = new URL("../../assets/docs.css", import.meta.url);

/**
 * `/openapi.json`: the document, for tools of any origin. `/docs`: the same for people, on one page that needs no
 * script. Both are made once; a release changes them.
 */
export function documentationRoutes(document: ApiDocument): Hono {
  const routes = new Hono();
  const json = JSON.stringify(document);
  const styles = readAsset("css", BASE_STYLES, DOCS_STYLES);
  const favicon = readAsset("svg", FAVICON);
  const stylesPath = assetPath("docs.css", styles);
  const page = String(docsPage(document, stylesPath));
  routes.get("/openapi.json", (c) =>
    c.body(json, 200, {
      "content-type": "application/json",
      "cache-control": HOUR,
      "access-control-allow-origin": "*",
    }),
  );
  routes.get("/docs", (c) => c.html(page, 200, { "cache-control": HOUR, "content-security-policy": POLICY }));
  routes.get("/favicon.svg", (c) => sendAsset(c, favicon, HOUR));
  routes.get(stylesPath, (c) => sendAsset(c, styles, FOREVER));
  return routes;
}
