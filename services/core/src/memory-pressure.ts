/** How little room Redis has left, and what probing gives up for it. */
export const MEMORY_PRESSURES = ["none", "stretch-public", "tenants-only"] as const;
export type MemoryPressure = (typeof MEMORY_PRESSURES)[number];

const STRETCH_RATIO = 0.7;
const TENANTS_ONLY_RATIO = 0.85;
/** A step is taken back only this far below where it was taken. */
const RELIEF_RATIO = 0.05;

/** While public cadence stretches, unclaimed endpoints nobody follows have one slot in so many. */
export const PUBLIC_STRETCH = 4;

/** The step for a ratio of used to allowed memory (0–1), given the step before. */
export function decideMemoryPressure(before: MemoryPressure, usedRatio: number): MemoryPressure {
  const isAbove = (ratio: number, step: MemoryPressure) =>
    usedRatio >=
    ratio - (MEMORY_PRESSURES.indexOf(before) >= MEMORY_PRESSURES.indexOf(step) ? RELIEF_RATIO : 0);
  if (isAbove(TENANTS_ONLY_RATIO, "tenants-only")) {
    return "tenants-only";
  }
  return isAbove(STRETCH_RATIO, "stretch-public") ? "stretch-public" : "none";
}
