import { csv, processConfig } from "@alivemcp/runtime/config";
import { z } from "zod";

const count = z.coerce.number().int().positive();

/** Region id → its token. */
const regionTokens = csv.transform((entries, context): ReadonlyMap<string, string> => {
  const pairs = entries.map((entry) => /^([^=\s]+)=(\S+)$/.exec(entry));
  if (pairs.includes(null)) {
    context.addIssue({ code: "custom", message: "write it as region=token,region=token" });
  }
  // The first of a region that stands twice: while a token is being replaced, the api believes both.
  return new Map(pairs.toReversed().map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""]));
});

export const configSchema = z.object({
  ...processConfig,
  /** Above the hard limit of a probe (50 s), so that an orderly stop lets every probe end. */
  SHUTDOWN_GRACE_MS: z.coerce.number().int().positive().default(60_000),
  /** Regions this process works for; a region is wherever such a process runs. */
  PROBE_REGIONS: csv.pipe(z.array(z.string()).min(1)),
  REGIONS_FILE: z.string().default("infra/regions.json"),
  /** Private ranges that may be probed (self-hosting, tests); empty: public addresses only. */
  PROBE_ALLOW_CIDRS: csv.prefault(""),
  /** Named in the User-Agent: who probes, and how to opt out. */
  PUBLIC_URL: z.url(),
  /** Child processes at most; the first is forked at once, the others as load demands. */
  PROBE_CHILDREN_MAX: count.default(1),
  PROBES_PER_CHILD: count.default(1_000),
  /** Children for probes with credentials at most, forked on demand; each serves one tenant at a time. */
  PROBE_CREDENTIAL_CHILDREN_MAX: count.max(8).default(8),
  /** The api's internal port, and with which token each region asks it: `region=token,…`. Without them, private endpoints are not probed here. */
  INTERNAL_URL: z.url().optional(),
  REGION_TOKENS: regionTokens.prefault(""),
  /** Probes in flight of one tenant (or registrable domain of unclaimed endpoints), per region and process. */
  PROBES_PER_TENANT_MAX: count.default(250),
  /** Bound of a child's old generation. */
  PROBE_CHILD_HEAP_MB: count.default(512),
  /** More trust anchors; handed to the children. */
  NODE_EXTRA_CA_CERTS: z.string().optional(),
});
export type Config = z.infer<typeof configSchema>;
