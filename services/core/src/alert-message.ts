/**
 * One message before any channel's form: what every sink renders from. It lies whole in `delivery.message`, so that
 * sending again sends the same. Plain text throughout: each sink escapes for its own markup. It names nothing of ours,
 * no address, nothing of another tenant; texts of strangers have been through `publicLine`.
 */
import { z } from "zod";
import { ALERT_EVENTS } from "./alert-event.ts";
import { ALERT_SEVERITIES } from "./alert-severity.ts";
import { UPDATE_STAGES } from "./incident-cause.ts";
import { FAILURE_REASONS } from "./states.ts";

/** Format version of stored messages and of the `data` of webhooks. */
export const ALERT_MESSAGE_VERSION = 1;

const epochMs = z.int().nonnegative();
const line = (charsMax: number) => z.string().min(1).max(charsMax);
const link = z.url({ protocol: /^https?$/ }).max(2_048);

export const alertMessageSchema = z.object({
  v: z.literal(ALERT_MESSAGE_VERSION),
  event: z.enum(ALERT_EVENTS),
  /** Null where nothing is the matter: tests, verifications, digests. */
  severity: z.enum(ALERT_SEVERITIES).nullable(),
  /** Of an incident: the id of the tenant's row, stable for its life, on every channel. */
  dedupKey: line(200),
  /** One line: "Weather API is down". */
  title: line(150),
  /** One to three sentences. */
  summary: line(600),
  /** When it was decided. */
  atMs: epochMs,
  /** An event of a simulated outage, or a test: every sink shows that. */
  isTest: z.boolean(),
  /**
   * Told before, and to be noticed anew: worse than what this sink was last told, open again, or unanswered. A sink that
   * edits its earlier message posts another one instead. Absent in what was stored by earlier versions.
   */
  isWorse: z.boolean().default(false),
  endpoint: z
    .object({ slug: line(120), name: line(200), group: line(60).nullable(), tags: z.array(line(60)).max(20) })
    .nullable(),
  incident: z
    .object({
      state: z.enum(["open", "acknowledged", "resolved"]),
      /** First failing probe. */
      startedAtMs: epochMs,
      resolvedAtMs: epochMs.nullable(),
      failureReason: z.enum(FAILURE_REASONS).nullable(),
      causes: z.array(line(60)).max(20),
      /** Cities. */
      regions: z.array(line(60)).max(16),
      isFlapping: z.boolean(),
      /** Newest public update of the owner. */
      update: z.object({ stage: z.enum(UPDATE_STAGES), body: line(2_000) }).nullable(),
      /** Endpoints that failed together with this one, it included; 1 when it is alone. */
      endpointsTogether: z.int().min(1),
    })
    .nullable(),
  facts: z.array(z.object({ label: line(60), value: line(300) })).max(10),
  /** The first is where to go; then status page, help on the failure reason, runbook. */
  links: z.array(z.object({ label: line(60), url: link })).max(6),
  /** Of a digest, newest first. */
  entries: z.array(z.object({ title: line(200), atMs: epochMs, url: link.nullable() })).max(50),
  /** Entries of the digest that did not fit. */
  entriesLeftOut: z.int().nonnegative(),
  /** Only of a `verification`: what is to be typed back, or followed. */
  proof: z.object({ code: line(100), url: link.nullable() }).nullable(),
});
export type AlertMessage = z.infer<typeof alertMessageSchema>;
