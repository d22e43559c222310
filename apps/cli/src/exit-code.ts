import type { ProbeFinding } from "@alivemcp/core/pipeline";
import { unreachable } from "@alivemcp/core/unreachable";

/** What a wrong command line exits with (`EX_USAGE` of sysexits.h). */
export const EXIT_USAGE = 64;

/**
 * Exit code of `check` for CI: 0 up or a well-formed login wall, 1 degraded, 2 down, 3 unknown (our own trouble).
 *
 * A wall whose challenge is broken, or that refused the credential it was given, is 1: nobody new gets in.
 */
export function exitCodeOf(finding: Pick<ProbeFinding, "state" | "reason">): 0 | 1 | 2 | 3 {
  switch (finding.state) {
    case "up":
      return 0;
    case "auth_walled":
      return finding.reason === "auth_challenge_malformed" || finding.reason === "credential_rejected"
        ? 1
        : 0;
    case "degraded":
      return 1;
    case "down":
      return 2;
    case "unknown":
      return 3;
    default:
      return unreachable(finding.state);
  }
}
