import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface RegionsFile {
  readonly path: string;
  readonly ids: readonly string[];
}

/**
 * The regions of infra/regions.json, all simulated on this machine. With a canary URL their self-check asks that
 * instead of the internet: a copy that only watches its own demo endpoints must work without one.
 */
export function writeRegionsFile(folder: string, canaryUrl: string | null): RegionsFile {
  const manifest = new URL("../../infra/regions.json", import.meta.url);
  const regions = (JSON.parse(readFileSync(manifest, "utf8")) as { id: string }[]).map((region) =>
    canaryUrl === null ? region : { ...region, canaryUrls: [canaryUrl] },
  );
  const path = join(folder, "regions.json");
  writeFileSync(path, JSON.stringify(regions, null, 2));
  return { path, ids: regions.map(({ id }) => id) };
}
