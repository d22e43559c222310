/** Bounds and defaults of what the owner of an endpoint may choose, shared by jobs and by every door choices come in by. */

/** Longest tool name anywhere (MCP 2025-11-25, Tool Names). */
export const TOOL_NAME_CHARS_MAX = 128;
export const EXPECTED_TOOLS_MAX = 100;

/** A handshake slower than this is `degraded / latency` where its owner says nothing else. */
export const LATENCY_DEGRADED_MS_DEFAULT = 5_000;

/** Why an endpoint is not probed: its owner wants it so, its plan does not cover it, an operator stopped it. */
export const PAUSE_REASONS = ["owner", "plan", "operator"] as const;
