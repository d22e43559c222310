import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export interface Asset {
  readonly body: string;
  readonly contentType: string;
  readonly etag: string;
}

/** The files that pages link, read once at start. */
export interface Assets {
  readonly css: Asset;
  readonly liveScript: Asset;
  readonly checkScript: Asset;
  readonly embedScript: Asset;
  readonly favicon: Asset;
}

export function readAssets(): Assets {
  return {
    css: readAsset("../assets/site.css", "text/css; charset=utf-8"),
    liveScript: readAsset("../browser/live.js", "text/javascript; charset=utf-8"),
    checkScript: readAsset("../browser/check.js", "text/javascript; charset=utf-8"),
    embedScript: readAsset("../browser/embed.js", "text/javascript; charset=utf-8"),
    favicon: readAsset("../assets/favicon.svg", "image/svg+xml; charset=utf-8"),
  };
}

function readAsset(path: string, contentType: string): Asset {
  const body = readFileSync(new URL(path, import.meta.url), "utf8");
  return {
    body,
    contentType,
    etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`,
  };
}

/** Path of an asset with the hash of its content in it, so that it may be cached for a year. */
export const assetPath = (name: string, asset: Asset) =>
  `/assets/${asset.etag.slice(1, 13).replaceAll(/[^\w]/g, "0")}/${name}`;
