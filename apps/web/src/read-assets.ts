import { type Asset, assetPath, BASE_STYLES, FAVICON, readAsset } from "@alivemcp/pages/asset";

/** The files that pages link, read once at start. */
export interface Assets {
  readonly css: Asset;
  readonly favicon: Asset;
}

export function readAssets(): Assets {
  const styles = (name: string) => new URL(`../assets/${name}`, import.meta.url);
  return {
    css: readAsset("css", BASE_STYLES, styles("web.css"), styles("dashboard.css"), styles("endpoints.css")),
    favicon: readAsset("svg", FAVICON),
  };
}

/** Where each is served. */
export const assetPaths = (assets: Assets) => ({ css: assetPath("web.css", assets.css) });
