import type { Deps } from "./deps.ts";

/** The city that a region is shown as; a region that is gone keeps its id. */
export function cityOf(regions: Deps["regions"]): (region: string) => string {
  const cities = new Map(regions.map(({ id, city }) => [id, city]));
  return (region) => cities.get(region) ?? region;
}
