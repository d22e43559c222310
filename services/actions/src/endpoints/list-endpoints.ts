import { TAG_CHARS_MAX } from "@alivemcp/core/endpoint-input";
import { PUBLIC_STATES } from "@alivemcp/core/states";
import { type EndpointRow, listEndpoints as listEndpointRows } from "@alivemcp/db/queries/endpoints";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { read } from "../read.ts";

const word = (charsMax: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(charsMax)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "This holds control characters.");

/** Filters of a list, as they stand in a query string. */
export const endpointFilterSchema = z.object({
  state: z.enum(PUBLIC_STATES, { error: "The state is one of live, degraded, down and unknown." }).optional(),
  tag: word(TAG_CHARS_MAX).toLowerCase().optional(),
  group: word(60).optional(),
  text: word(200).optional(),
  paused: z.enum(["true", "false"], { error: "Say true or false." }).optional(),
});
export type EndpointFilterQuery = z.output<typeof endpointFilterSchema>;

/** The tenant's own endpoints that pass the filter, newest first; `beforeNumber` is that of the last row of the page before. */
export function listEndpoints(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  input: {
    readonly filter: EndpointFilterQuery;
    readonly beforeNumber: number | null;
    readonly limit: number;
  },
): Promise<EndpointRow[]> {
  const { paused, ...filter } = input.filter;
  const isPaused = paused === undefined ? undefined : paused === "true";
  return read(deps, caller, "endpoint.read", (tx) =>
    listEndpointRows(caller.scope, tx, { ...input, filter: { ...filter, isPaused } }),
  );
}
