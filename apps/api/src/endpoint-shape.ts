import type { NewEndpointInput } from "@alivemcp/actions/endpoints/register-endpoint";
import { plainText } from "@alivemcp/core/plain-text";
import { TRANSPORTS } from "@alivemcp/core/states";
import type { EndpointRow } from "@alivemcp/db/queries/endpoints";
import { z } from "zod";

/** Body of `POST /v1/endpoints`. Unknown fields are refused, so that a misspelt option is not silently ignored. */
export const endpointRequestSchema = z.strictObject({
  url: z.string({ error: "Give the URL of the endpoint." }),
  name: plainText(200).optional(),
  transport: z.enum(TRANSPORTS).default("auto"),
  visibility: z.enum(["public", "unlisted"]).default("unlisted"),
  /** Divides a day, so that slots fall on the same instants every day. */
  cadence_s: z
    .int()
    .min(30)
    .max(86_400)
    .refine(
      (value) => 86_400 % value === 0,
      "The cadence must divide a day, for example 60, 300 or 900 seconds.",
    )
    .default(60),
  /** A read-only tool to call besides the handshake; `health_check` is found by itself. */
  health_tool: plainText(128).optional(),
  is_demo: z.boolean().default(false),
});

/** The request in the words of the domain. */
export function endpointInput(request: z.infer<typeof endpointRequestSchema>): NewEndpointInput {
  const { cadence_s: cadenceS, health_tool: healthTool, is_demo: isDemo, ...rest } = request;
  const health: NewEndpointInput["health"] =
    healthTool === undefined
      ? undefined
      : { kind: "named", tool: healthTool, arguments: {}, isReadOnlyConfirmed: true };
  return { ...rest, cadenceS, health, isDemo };
}

/** An endpoint as the API gives it, without its state. */
export function endpointJson(row: EndpointRow, publicUrl: string) {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    url: row.url,
    transport: row.transport,
    visibility: row.visibility,
    cadence_s: row.cadenceS,
    is_paused: row.pausedAt !== null,
    created_at: row.createdAt.toISOString(),
    status_page_url: new URL(`/status/${row.slug}`, publicUrl).href,
    badge_url: new URL(`/badge/${row.slug}.svg`, publicUrl).href,
  };
}
