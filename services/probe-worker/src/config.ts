import { csv, processConfig } from "@alivemcp/runtime/config";
import { z } from "zod";

const count = z.coerce.number().int().positive();

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
  /** Probes in flight of one tenant (or registrable domain of unclaimed endpoints), per region and process. */
  PROBES_PER_TENANT_MAX: count.default(250),
  /** Bound of a child's old generation. */
  PROBE_CHILD_HEAP_MB: count.default(512),
  /** More trust anchors; handed to the children. */
  NODE_EXTRA_CA_CERTS: z.string().optional(),
});
export type Config = z.infer<typeof configSchema>;
