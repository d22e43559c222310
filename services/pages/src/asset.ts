/** Files that pages link: read once at start, served under a name that carries the hash of their content. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Context, Hono } from "hono";

export interface Asset {
  readonly body: string;
  readonly contentType: string;
  /** Strong: the hash of the body's bytes. */
  readonly etag: string;
}

const CONTENT_TYPES = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" } as const;

/** One asset of one file, or of several read one after the other. Throws when a file is missing. */
export function readAsset(kind: keyof typeof CONTENT_TYPES, ...files: readonly URL[]): Asset {
  const body = files.map((file) => readFileSync(file, "utf8")).join("\n");
  return {
    body,
    contentType: `${CONTENT_TYPES[kind]}; charset=utf-8`,
    etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`,
  };
}

/** Tokens and components of every page of ours; an app's own rules come after them in the same asset. */
export const BASE_STYLES = new URL("../assets/base.css", import.meta.url);
export const FAVICON = new URL("../assets/favicon.svg", import.meta.url);

/** Path of an asset with the hash of its content in it, so that it may be cached for a year. */
export const assetPath = (name: string, asset: Asset) =>
  `/assets/${asset.etag.slice(1, 13).replaceAll(/[^\w]/g, "0")}/${name}`;

/** The answer to one request for it; 304 without a body when the reader has it already. */
export function sendAsset(c: Context, asset: Asset, cacheControl: string): Response {
  const headers = {
    "content-type": asset.contentType,
    "cache-control": cacheControl,
    etag: asset.etag,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
  };
  return c.req.header("if-none-match") === asset.etag
    ? c.body(null, 304, headers)
    : c.body(asset.body, 200, headers);
}

/** For assets under `assetPath`: their address changes with their content. */
export const FOREVER = "public, max-age=31536000, immutable";

/** ES modules that import each other by relative paths, served in one directory whose name changes with any of them. */
export interface ModuleFolder {
  /** `/assets/<hash>`, without a slash at the end. */
  readonly path: string;
  readonly files: ReadonlyMap<string, Asset>;
}

/** Reads the modules by the names under which they import each other. Throws when a file is missing. */
export function readModules(files: Readonly<Record<string, URL>>): ModuleFolder {
  const assets = new Map(Object.entries(files).map(([name, file]) => [name, readAsset("js", file)]));
  const all = createHash("sha256");
  for (const [name, { etag }] of assets) {
    all.update(`${name} ${etag}\n`);
  }
  return { path: `/assets/${all.digest("hex").slice(0, 12)}`, files: assets };
}

/** Serves every module of the folder. */
export function moduleRoutes({ path, files }: ModuleFolder): Hono {
  const routes = new Hono();
  for (const [name, asset] of files) {
    routes.get(`${path}/${name}`, (c) => sendAsset(c, asset, FOREVER));
  }
  return routes;
}

/** What live pages of any app import as `./refresh-parts.js`. */
export const REFRESH_PARTS = new URL("../browser/refresh-parts.js", import.meta.url);
