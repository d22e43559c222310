import { type Asset, BASE_STYLES, FAVICON, readAsset } from "@alivemcp/pages/asset";

/** The files that pages link, read once at start. */
export interface Assets {
  readonly css: Asset;
  readonly liveScript: Asset;
  readonly checkScript: Asset;
  readonly embedScript: Asset;
  readonly favicon: Asset;
}

export function readAssets(): Assets {
  const script = (name: string) => readAsset("js", new URL(`../browser/${name}`, import.meta.url));
  return {
    css: readAsset("css", BASE_STYLES, new URL("../assets/site.css", import.meta.url)),
    liveScript: script("live.js"),
    checkScript: script("check.js"),
    embedScript: script("embed.js"),
    favicon: readAsset("svg", FAVICON),
  };
}
