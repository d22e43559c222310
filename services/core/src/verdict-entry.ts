/**
 * Entries of the stream `verdicts:{sNN}`. The report script and the sealer write them as flat field lists, the
 * archiver and the alert router read them with `parseVerdictEntry`: one shape, checked at both ends.
 *
 * Fields: `v k e m at tp` on all; `look`: `r j lk` + `vote` (+ `d`); `sealed`/`corrected`: `s re lat rev cov rc ask`
 * + one field per region holding its packed vote, and `d:<region>` holding the finding's JSON when it is noteworthy
 * (verdict-report.ts says when).
 */
import { z } from "zod";
import { unpackVote, type Vote } from "./packed-vote.ts";
import { PIPELINE_VERSION, type ProbeFinding, probeFindingSchema } from "./pipeline.ts";
import { FAILURE_REASONS, PROBE_STATES } from "./states.ts";

const wholeNumber = z.coerce.number().int().nonnegative();
const base = {
  v: z.coerce.number().pipe(z.literal(PIPELINE_VERSION)),
  e: z.uuid(),
  m: wholeNumber,
  at: wholeNumber,
  tp: z.string(),
};

const lookFields = z.object({
  ...base,
  k: z.literal("look"),
  r: z.string(),
  j: z.string(),
  /** `<confirmation>-<n>` when the job was a look, else empty. */
  lk: z.string().regex(/^(\d+-[12])?$/),
  vote: z.string(),
  d: z.string().optional(),
});
const minuteFields = z.object({
  ...base,
  k: z.enum(["sealed", "corrected"]),
  s: z.enum(PROBE_STATES),
  re: z.union([z.literal(""), z.enum(FAILURE_REASONS)]),
  lat: z.string().regex(/^\d*$/),
  rev: z.coerce.number().int().positive(),
  cov: z.coerce.number().int().positive(),
  rc: z.string(),
  ask: z.string(),
});
const entryFields = z.discriminatedUnion("k", [lookFields, minuteFields]);

interface EntryBase {
  readonly endpointId: string;
  readonly minute: number;
  readonly writtenAtMs: number;
  readonly traceparent: string;
}

/** One region result that may open, feed or close a confirmation. */
export interface LookEntry extends EntryBase {
  readonly kind: "look";
  readonly region: string;
  readonly jobId: string;
  readonly look: { readonly confirmation: number; readonly n: 1 | 2 } | null;
  readonly vote: Vote;
  readonly finding: ProbeFinding | null;
}

/** The conclusion of a minute over all its regions; a `corrected` one has a higher revision and replaces the former. */
export interface MinuteEntry extends EntryBase {
  readonly kind: "sealed" | "corrected";
  readonly state: z.infer<typeof minuteFields>["s"];
  readonly reason: Exclude<z.infer<typeof minuteFields>["re"], ""> | null;
  /** Median over the regions that measured one. */
  readonly latencyMs: number | null;
  readonly revision: number;
  readonly coversMinutes: number;
  readonly retentionClass: string;
  readonly regionsAsked: readonly string[];
  readonly votes: Readonly<Record<string, Vote>>;
  readonly findings: Readonly<Record<string, ProbeFinding>>;
}

export type VerdictEntry = LookEntry | MinuteEntry;

/** Reads one stream entry; throws (ZodError, or Error of a packed vote) on an unknown version or a broken field. */
export function parseVerdictEntry(fields: Readonly<Record<string, string>>): VerdictEntry {
  const parsed = entryFields.parse(fields);
  const common = { endpointId: parsed.e, minute: parsed.m, writtenAtMs: parsed.at, traceparent: parsed.tp };
  if (parsed.k === "look") {
    const [confirmation, n] = parsed.lk.split("-").map(Number);
    return {
      ...common,
      kind: "look",
      region: parsed.r,
      jobId: parsed.j,
      look: confirmation && (n === 1 || n === 2) ? { confirmation, n } : null,
      vote: unpackVote(parsed.vote),
      finding: parsed.d ? probeFindingSchema.parse(JSON.parse(parsed.d)) : null,
    };
  }
  const regionsAsked = parsed.ask.split(",");
  const answered = regionsAsked.filter((region) => fields[region] !== undefined);
  const told = answered.filter((region) => fields[`d:${region}`] !== undefined);
  return {
    ...common,
    kind: parsed.k,
    state: parsed.s,
    reason: parsed.re === "" ? null : parsed.re,
    latencyMs: parsed.lat === "" ? null : Number(parsed.lat),
    revision: parsed.rev,
    coversMinutes: parsed.cov,
    retentionClass: parsed.rc,
    regionsAsked,
    votes: Object.fromEntries(answered.map((region) => [region, unpackVote(fields[region] as string)])),
    findings: Object.fromEntries(
      told.map((region) => [region, probeFindingSchema.parse(JSON.parse(fields[`d:${region}`] as string))]),
    ),
  };
}
