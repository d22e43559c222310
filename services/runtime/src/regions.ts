import { readFileSync } from "node:fs";
import { z } from "zod";

const regionsSchema = z
  .array(
    z.strictObject({
      id: z.string().regex(/^[a-z]{2}-[a-z]+(-\d)?$/),
      city: z.string().min(1).max(60),
      /** Fetched by the region's own self-check; a region that cannot reach any of them does not vote. */
      canaryUrls: z.array(z.url()).min(1),
    }),
  )
  .min(1)
  .max(16);

export type RegionSpec = z.infer<typeof regionsSchema>[number];

/** Reads the regions manifest (`infra/regions.json`). Throws with the file's name when it is missing or malformed. */
export function loadRegions(path: string): readonly RegionSpec[] {
  try {
    const regions = regionsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
    if (new Set(regions.map((region) => region.id)).size !== regions.length) {
      throw new Error("a region id stands twice");
    }
    return regions;
  } catch (cause) {
    throw new Error(`the regions manifest ${path} is not usable`, { cause });
  }
}
