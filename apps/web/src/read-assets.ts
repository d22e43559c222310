import {
  type Asset,
  assetPath,
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
  readonly favicon: Asset;
  /** Scripts of pages that are pleasant with JavaScript, and what they import. */
  readonly modules: ModuleFolder;
}

const UPLOT_SCRIPT = new URL(import.meta.resolve("uplot/dist/uPlot.esm.js"));
const UPLOT_STYLES = new URL(import.meta.resolve("uplot/dist/uPlot.min.css"));

export function readAssets(): Assets {
  const styles = (name: string) => new URL(`../assets/${name}`, import.meta.url);
  return {
    css: readAsset(
      "css",
      BASE_STYLES,
      styles("web.css"),
      UPLOT_STYLES,
      styles("dashboard.css"),
      styles("endpoints.css"),
      styles("alerting.css"),
    ),
    favicon: readAsset("svg", FAVICON),
    modules: readModules({
      "live.js": new URL("../browser/live.js", import.meta.url),
      "refresh-parts.js": REFRESH_PARTS,
      "copy.js": new URL("../browser/copy.js", import.meta.url),
      "chart.js": new URL("../browser/chart.js", import.meta.url),
      "uplot.js": UPLOT_SCRIPT,
    }),
  };
}

/** Where each is served. */
export const assetPaths = (assets: Assets) => ({
  css: assetPath("web.css", assets.css),
  liveScript: `${assets.modules.path}/live.js`,
  copyScript: `${assets.modules.path}/copy.js`,
  chartScript: `${assets.modules.path}/chart.js`,
});
