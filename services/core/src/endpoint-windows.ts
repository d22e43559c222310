/**
 * Uptime and latency over the windows that every surface labels. The archiver computes them and writes them as JSON
 * into `now:{…}`; pages, badges and the API read them there.
 */
import { z } from "zod";

export const WINDOW_NAMES = ["24h", "7d", "30d", "90d"] as const;
export type WindowName = (typeof WINDOW_NAMES)[number];

const ratio = z.number().min(0).max(1).nullable();
const latencyMs = z.number().nonnegative().nullable();

export const endpointWindowsSchema = z.object({
  /** Uptime ratio 0–1 per window; null while nothing was measured in it. */
  uptime: z.object({ "24h": ratio, "7d": ratio, "30d": ratio, "90d": ratio }),
  /** Share of the measured time of 30 days behind a login wall: it counts as up, and is told apart. */
  authWalledShare30d: ratio,
  latencyMsP50Of24h: latencyMs,
  latencyMsP95Of24h: latencyMs,
  /** Newest drift event; null when there never was one. */
  lastDriftAtMs: z.int().nonnegative().nullable(),
});
export type EndpointWindows = z.infer<typeof endpointWindowsSchema>;

export const NO_WINDOWS: EndpointWindows = {
  uptime: { "24h": null, "7d": null, "30d": null, "90d": null },
  authWalledShare30d: null,
  latencyMsP50Of24h: null,
  latencyMsP95Of24h: null,
  lastDriftAtMs: null,
};
