import { z } from "zod";
import { HEALTH_ASSERTIONS_MAX, healthAssertionSchema } from "./health-assertion.ts";

export const HEALTH_ARGUMENTS_BYTES_MAX = 8_192;
const HEALTH_ARGUMENTS_DEPTH_MAX = 16;

const assertions = z
  .array(healthAssertionSchema)
  .max(HEALTH_ASSERTIONS_MAX, `At most ${HEALTH_ASSERTIONS_MAX} assertions may be made.`)
  .optional();

const toolArguments = z.record(z.string(), z.unknown()).superRefine((value, context) => {
  const problem = findArgumentsProblem(value);
  if (problem !== null) {
    context.addIssue({ code: "custom", message: problem });
  }
});

/**
 * Whether and how a tool may be called. `never`: unclaimed endpoints and `/check`. `auto`: `health_check` if it is
 * listed and needs no arguments. `named`: the tool the owner chose and confirmed to change nothing. Assertions are on
 * the result; a failing one is `health_check_failed`.
 */
export const healthOptionsSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("never") }),
  z.object({ kind: z.literal("auto"), assertions }),
  z.object({
    kind: z.literal("named"),
    tool: z.string().min(1).max(128),
    arguments: toolArguments,
    isReadOnlyConfirmed: z.literal(true, {
      error: "Confirm that this tool only reads: it is called with every probe.",
    }),
    assertions,
  }),
]);
export type HealthOptions = z.infer<typeof healthOptionsSchema>;

/** What is wrong with a tool's arguments, in a sentence; null when they may be sent. */
function findArgumentsProblem(value: Readonly<Record<string, unknown>>): string | null {
  if (isDeeperThan(value, HEALTH_ARGUMENTS_DEPTH_MAX)) {
    return `The arguments may be nested at most ${HEALTH_ARGUMENTS_DEPTH_MAX} levels deep.`;
  }
  return new TextEncoder().encode(JSON.stringify(value)).length > HEALTH_ARGUMENTS_BYTES_MAX
    ? `The arguments may have at most ${HEALTH_ARGUMENTS_BYTES_MAX / 1_024} KiB as JSON.`
    : null;
}

/** Ends at the bound, so that its own recursion is bounded, too. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  return levels === 0 || Object.values(value).some((held) => isDeeperThan(held, levels - 1));
}
