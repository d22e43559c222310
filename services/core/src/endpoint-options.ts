/** What the owner of an endpoint may choose beyond its URL: shapes, bounds and defaults, for every door they come in by. */
import { z } from "zod";
import { healthOptionsSchema } from "./health-options.ts";
import { HEALTH_URLS_MAX, healthUrlSchema } from "./health-url.ts";
import { plainText } from "./plain-text.ts";

/** Longest tool name anywhere (MCP 2025-11-25, Tool Names). */
export const TOOL_NAME_CHARS_MAX = 128;
export const EXPECTED_TOOLS_MAX = 100;

export const LATENCY_DEGRADED_MS_DEFAULT = 5_000;

/** Every option with its default; a caller that changes some takes `.partial()`. */
export const endpointOptionsSchema = z.strictObject({
  health: healthOptionsSchema.default({ kind: "auto" }),
  healthUrls: z
    .array(healthUrlSchema)
    .max(HEALTH_URLS_MAX, `An endpoint may have at most ${HEALTH_URLS_MAX} health URLs.`)
    .default([]),
  /** Names that must be in the tool list; each counts once. */
  expectedTools: z
    .array(plainText(TOOL_NAME_CHARS_MAX))
    .max(EXPECTED_TOOLS_MAX, `At most ${EXPECTED_TOOLS_MAX} tools may be expected.`)
    .transform((names) => [...new Set(names)])
    .default([]),
  /** A handshake slower than this is `degraded / latency`. */
  latencyDegradedMs: z.int().min(500).max(30_000).default(LATENCY_DEGRADED_MS_DEFAULT),
  /** Consecutive bad minutes that raise `degraded`, and good ones that clear it. */
  degradedAfterMinutes: z.int().min(1).max(10).default(3),
  degradedClearedAfterMinutes: z.int().min(1).max(10).default(2),
  /** From the first failing probe to the second look. */
  confirmationPeriodMs: z.int().min(0).max(600_000).default(30_000),
});
export type EndpointOptions = z.infer<typeof endpointOptionsSchema>;

/** Why an endpoint is not probed: its owner wants it so, its plan does not cover it, an operator stopped it. */
export const PAUSE_REASONS = ["owner", "plan", "operator"] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];
