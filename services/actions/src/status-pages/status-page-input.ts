import { plainLines, plainText } from "@alivemcp/core/plain-text";
import { z } from "zod";

export const PAGE_ENDPOINTS_MAX = 100;

/** What a person says of a page, but for its slug. */
export const statusPageSchema = z.object({
  title: plainText(100),
  description: plainLines(1_000)
    .trim()
    .transform((text) => (text === "" ? null : text)),
  endpointIds: z
    .array(z.uuid({ error: "Choose endpoints from the list." }))
    .min(1, "Choose at least one endpoint.")
    .max(PAGE_ENDPOINTS_MAX, `A page may have at most ${PAGE_ENDPOINTS_MAX} endpoints.`)
    .transform((ids): readonly string[] => [...new Set(ids)]),
});
export type StatusPageInput = z.infer<typeof statusPageSchema>;

export const statusPageSlugSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/,
    "Letters, digits and hyphens, at most 60, none of them a hyphen at an end.",
  );
