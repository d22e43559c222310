import {
  type Asset,
  BASE_STYLES,
  FAVICON,
  type ModuleFolder,
  REFRESH_PARTS,
  readAsset,
  readModules,
} from "@alivemcp/pages/asset";

/** The files that pages link, read once at start. */
export interface Assets {
  readonly css: Asset;
  /** `live.js` and what it imports. */
  readonly modules: ModuleFolder;
  readonly checkScript: Asset;
  readonly embedScript: Asset;
  readonly favicon: Asset;
}

export function readAssets(): Assets {
  const script = (name: string) => readAsset("js", new URL(`../browser/${name}`, import.meta.url));
  return {
    css: readAsset("css", BASE_STYLES, new URL("../assets/site.css", import.meta.url)),
    modules: readModules({
      "live.js": new URL("../browser/live.js", import.meta.url),
      "refresh-parts.js": REFRESH_PARTS,
    }),
    checkScript: script("check.js"),
    embedScript: script("embed.js"),
    favicon: readAsset("svg", FAVICON),
  };
}
