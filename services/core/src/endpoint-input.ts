/**
 * What a person or a program may say about an endpoint: the one list of fields with their bounds and the sentence for
 * each. Names are those of the REST API; forms use them too.
 */

import { z } from "zod";
import { SLO_TARGET_MAX, SLO_TARGET_MIN } from "./burn-rate.ts";
import { EXPECTED_TOOLS_MAX, TOOL_NAME_CHARS_MAX } from "./endpoint-options.ts";
import { ENDPOINT_URL_CHARS_MAX } from "./endpoint-url.ts";
import { HEALTH_ASSERTIONS_MAX, healthAssertionSchema } from "./health-assertion.ts";
import { type HealthOptions, healthOptionsSchema } from "./health-options.ts";
import { HEALTH_URLS_MAX, type HealthUrl } from "./health-url.ts";
import { plainText } from "./plain-text.ts";
import { TRANSPORTS, type Transport } from "./states.ts";

export const VISIBILITIES = ["public", "unlisted", "private"] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const TAGS_MAX = 20;
export const TAG_CHARS_MAX = 40;
export const GROUP_CHARS_MAX = 60;
export const NAME_CHARS_MAX = 200;
const REGIONS_MAX = 16;
const DAY_S = 86_400;

/** Matches without regard to case, so it is kept in one. */
export const tagSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._:/-]*$/u,
    "A tag begins with a letter or digit and holds letters, digits, spaces and . _ : / - only.",
  )
  .max(TAG_CHARS_MAX, `A tag may have at most ${TAG_CHARS_MAX} characters.`);

const cadenceSchema = z
  .int({ error: "Give the cadence in whole seconds." })
  .min(30, "The shortest cadence is 30 seconds.")
  .max(DAY_S, "The longest cadence is a day, 86400 seconds.")
  // Slots then fall on the same instants every day.
  .refine(
    (value) => DAY_S % value === 0,
    "The cadence must divide a day, for example 60, 300 or 900 seconds.",
  );

const SLO_TARGET_SENTENCE = `The target is a ratio of ${SLO_TARGET_MIN} to ${SLO_TARGET_MAX}.`;
const runbookUrlSchema = z
  .string()
  .trim()
  .max(ENDPOINT_URL_CHARS_MAX, `A URL may have at most ${ENDPOINT_URL_CHARS_MAX} characters.`)
  .refine(isWebUrl, "Give an http or https URL without user name and password.");

const assertionsSchema = z
  .array(healthAssertionSchema)
  .max(HEALTH_ASSERTIONS_MAX, `At most ${HEALTH_ASSERTIONS_MAX} assertions may be made.`)
  .optional();

/** Which tool is called with every probe. `healthOptionsSchema` has the bounds of the arguments and says why to confirm. */
const healthSchema = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal("never") }),
      z.strictObject({ kind: z.literal("auto"), assertions: assertionsSchema }),
      z.strictObject({
        kind: z.literal("named"),
        tool: plainText(TOOL_NAME_CHARS_MAX),
        arguments: z
          .record(z.string(), z.unknown(), { error: "The arguments are a JSON object." })
          .default({}),
        is_read_only_confirmed: z.literal(true, {
          error: "Confirm that this tool only reads: it is called with every probe.",
        }),
        assertions: assertionsSchema,
      }),
    ],
    { error: "The health tool is never called, auto, or named." },
  )
  .transform((health, context): HealthOptions => {
    const checked = healthOptionsSchema.safeParse(
      health.kind === "named" ? { ...health, isReadOnlyConfirmed: health.is_read_only_confirmed } : health,
    );
    if (checked.success) {
      return checked.data;
    }
    const [issue] = checked.error.issues;
    context.addIssue({ code: "custom", message: issue?.message ?? "", path: issue?.path ?? [] });
    return z.NEVER;
  });

const healthUrlSchema = z
  .strictObject({
    url: z
      .string()
      .max(ENDPOINT_URL_CHARS_MAX, `A URL may have at most ${ENDPOINT_URL_CHARS_MAX} characters.`),
    every_minutes: z
      .int({ error: "Give whole minutes." })
      .min(1, "Every 1 to 5 minutes.")
      .max(5, "Every 1 to 5 minutes.")
      .default(1),
    /** Whether a `status` in a JSON answer must say that all is well, too. */
    is_status_checked: z.boolean().default(true),
  })
  .transform(
    ({ url, every_minutes, is_status_checked }): HealthUrl => ({
      url,
      everyMinutes: every_minutes,
      isStatusChecked: is_status_checked,
    }),
  );

const minutes = z
  .int({ error: "Give whole minutes." })
  .min(1, "This is 1 to 10 minutes.")
  .max(10, "This is 1 to 10 minutes.");

/** Every option of an endpoint; each may be left out. */
const optionFields = {
  name: plainText(NAME_CHARS_MAX).optional(),
  transport: z.enum(TRANSPORTS, { error: "The transport is one of auto, http and sse." }).optional(),
  visibility: z
    .enum(VISIBILITIES, { error: "The visibility is one of public, unlisted and private." })
    .optional(),
  cadence_s: cadenceSchema.optional(),
  /** Ids of regions; empty means every region. */
  regions: z
    .array(z.string().max(40))
    .max(REGIONS_MAX, `At most ${REGIONS_MAX} regions.`)
    .transform((regions) => [...new Set(regions)])
    .optional(),
  confirmation_period_s: z
    .int({ error: "Give the confirmation period in whole seconds." })
    .min(0, "The confirmation period is 0 to 600 seconds.")
    .max(600, "The confirmation period is 0 to 600 seconds.")
    .optional(),
  health: healthSchema.optional(),
  health_urls: z
    .array(healthUrlSchema)
    .max(HEALTH_URLS_MAX, `An endpoint may have at most ${HEALTH_URLS_MAX} health URLs.`)
    .optional(),
  expected_tools: z
    .array(plainText(TOOL_NAME_CHARS_MAX))
    .max(EXPECTED_TOOLS_MAX, `At most ${EXPECTED_TOOLS_MAX} tools may be expected.`)
    .transform((names) => [...new Set(names)])
    .optional(),
  latency_degraded_ms: z
    .int({ error: "Give whole milliseconds." })
    .min(500, "This is 500 to 30000 milliseconds.")
    .max(30_000, "This is 500 to 30000 milliseconds.")
    .optional(),
  degraded_after_minutes: minutes.optional(),
  degraded_cleared_after_minutes: minutes.optional(),
  runbook_url: runbookUrlSchema.nullable().optional(),
  slo_target: z
    .number({ error: "Give the target as a ratio, such as 0.999." })
    .min(SLO_TARGET_MIN, SLO_TARGET_SENTENCE)
    .max(SLO_TARGET_MAX, SLO_TARGET_SENTENCE)
    .nullable()
    .optional(),
  tags: z
    .array(tagSchema)
    .max(TAGS_MAX, `At most ${TAGS_MAX} tags.`)
    .transform((tags) => [...new Set(tags)].sort())
    .optional(),
  group: plainText(GROUP_CHARS_MAX).nullable().optional(),
};

const urlSchema = z.string({ error: "Give the URL of the endpoint." });

/** Body of "register an endpoint". Unknown fields are refused, so that a misspelt option is not silently ignored. */
export const newEndpointSchema = z.strictObject({ url: urlSchema, ...optionFields });
export type NewEndpointBody = z.output<typeof newEndpointSchema>;

/** Body of "change an endpoint": what is left out stays as it is. */
export const endpointPatchSchema = z.strictObject({
  url: urlSchema.optional(),
  slug: z.string().max(200, "An address has at most 60 characters.").optional(),
  ...optionFields,
});
export type EndpointPatchBody = z.output<typeof endpointPatchSchema>;

/** Options in the words of the domain; what nobody said is undefined. */
export interface EndpointFields {
  readonly name?: string | undefined;
  readonly transport?: Transport | undefined;
  readonly visibility?: Visibility | undefined;
  readonly cadenceS?: number | undefined;
  readonly regions?: readonly string[] | undefined;
  readonly confirmationPeriodMs?: number | undefined;
  readonly health?: HealthOptions | undefined;
  readonly healthUrls?: readonly HealthUrl[] | undefined;
  readonly expectedTools?: readonly string[] | undefined;
  readonly latencyDegradedMs?: number | undefined;
  readonly degradedAfterMinutes?: number | undefined;
  readonly degradedClearedAfterMinutes?: number | undefined;
  readonly runbookUrl?: string | null | undefined;
  readonly sloTarget?: number | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly groupName?: string | null | undefined;
}

export function endpointFieldsOf(body: Omit<EndpointPatchBody, "url" | "slug">): EndpointFields {
  return {
    name: body.name,
    transport: body.transport,
    visibility: body.visibility,
    cadenceS: body.cadence_s,
    regions: body.regions,
    confirmationPeriodMs:
      body.confirmation_period_s === undefined ? undefined : body.confirmation_period_s * 1_000,
    health: body.health,
    healthUrls: body.health_urls,
    expectedTools: body.expected_tools,
    latencyDegradedMs: body.latency_degraded_ms,
    degradedAfterMinutes: body.degraded_after_minutes,
    degradedClearedAfterMinutes: body.degraded_cleared_after_minutes,
    runbookUrl: body.runbook_url,
    sloTarget: body.slo_target,
    tags: body.tags,
    groupName: body.group,
  };
}

function isWebUrl(text: string): boolean {
  if (!URL.canParse(text)) {
    return false;
  }
  const { protocol, username, password } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}
