import { readFileSync, writeFileSync } from "node:fs";
import { AppError } from "@alivemcp/core/app-error";
import { z } from "zod";

const baselineSchema = z.object({
  v: z.literal(1),
  url: z.string(),
  saved_at: z.string(),
  full_hash: z.string(),
  tools: z.array(z.unknown()).max(5_000),
});
export type Baseline = z.infer<typeof baselineSchema>;

/** Reads a baseline that `--save-baseline` wrote. Throws `invalid` naming the option when it is missing or broken. */
export function readBaseline(path: string): Baseline {
  try {
    return baselineSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new AppError({
      code: "invalid",
      internal: `baseline ${path} unreadable`,
      public: `${path} is not a baseline; write one with --save-baseline`,
      field: "--baseline",
      cause,
    });
  }
}

/** Writes a baseline, one tool per line group, so that a diff of the file in a repository can be read. */
export function writeBaseline(path: string, baseline: Baseline): void {
  try {
    writeFileSync(path, `${JSON.stringify(baseline, null, 2)}\n`);
  } catch (cause) {
    throw new AppError({
      code: "invalid",
      internal: `baseline ${path} unwritable`,
      public: `cannot write ${path}`,
      field: "--save-baseline",
      cause,
    });
  }
}
