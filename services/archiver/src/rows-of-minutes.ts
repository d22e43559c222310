/** From verdict-minutes to the rows that they become: pure, one function per table. */

import { hasListedCapabilities, splitLints } from "@alivemcp/core/capability-lints";
import { packRegions } from "@alivemcp/core/packed-regions";
import { MINUTE_MS, type ProbeFinding } from "@alivemcp/core/pipeline";
import { honouredRetryAfterMs } from "@alivemcp/core/schedule";
import type { LearnedMemory, LifeSign } from "@alivemcp/db/queries/endpoint-memory-system";
import type { ArchivedEvidence } from "@alivemcp/db/queries/probe-evidence-system";
import type { ArchivedMinute } from "@alivemcp/db/queries/probe-minutes-system";
import type { ArchivableMinute } from "./fold-entries.ts";

export function minuteRow(minute: ArchivableMinute): ArchivedMinute {
  const { endpointId, retentionClass, state, reason, latencyMs, revision, coversMinutes } = minute;
  const votes = Object.entries(minute.votes).map(([region, vote]) => ({
    region,
    state: vote.state,
    latencyMs: vote.latencyMs,
  }));
  return {
    endpointId,
    minute: minute.minute,
    retentionClass,
    state,
    reason,
    latencyMs,
    revision,
    coversMinutes,
    regions: packRegions(minute.regionsAsked.length, votes),
  };
}

/** Findings of failures, healed ones included; a new tool list alone is no failure, nor is a login wall in order. */
export function evidenceRows(minute: ArchivableMinute): readonly ArchivedEvidence[] {
  const { endpointId, retentionClass } = minute;
  return Object.entries(minute.findings)
    .filter(([, finding]) => isFailure(finding))
    .map(([region, finding]) => ({ endpointId, minute: minute.minute, retentionClass, region, finding }));
}

function isFailure(finding: ProbeFinding): boolean {
  const isOrdinaryWall =
    finding.state === "auth_walled" && (finding.reason === null || finding.reason === "auth_required");
  const isFine = finding.state === "up" && finding.reason === null;
  return finding.transientReason !== null || !(isFine || isOrdinaryWall);
}

/** What the findings of a batch teach about their endpoints: one entry each, from its newest telling finding. */
export function learnedMemories(minutes: readonly ArchivableMinute[]): readonly LearnedMemory[] {
  const newest = new Map<string, ProbeFinding>();
  for (const { endpointId, findings } of minutes) {
    for (const finding of Object.values(findings)) {
      const known = newest.get(endpointId);
      if (isTelling(finding) && finding.observedAtMs >= (known?.observedAtMs ?? 0)) {
        newest.set(endpointId, finding);
      }
    }
  }
  const byEndpoint = Map.groupBy(minutes, ({ endpointId }) => endpointId);
  return [...newest].map(([endpointId, finding]) => ({
    ...learnedMemory(endpointId, finding),
    ...learnedSeldom(byEndpoint.get(endpointId) ?? []),
  }));
}

/** What only some of an endpoint's findings tell: the newest one that does counts, whatever came after it. */
function learnedSeldom(
  minutes: readonly ArchivableMinute[],
): Pick<LearnedMemory, "capabilityLints" | "capabilitiesListedAtMs" | "healthUrlFailedAtMs"> {
  const findings = minutes
    .flatMap((minute) => Object.values(minute.findings))
    .sort((a, b) => a.observedAtMs - b.observedAtMs);
  const listed = findings.findLast(hasListedCapabilities);
  return {
    capabilityLints: listed === undefined ? null : splitLints(listed).capabilityLints,
    capabilitiesListedAtMs: listed?.observedAtMs ?? null,
    healthUrlFailedAtMs: findings.findLast(isHealthUrlFailing)?.observedAtMs ?? null,
  };
}

const isHealthUrlFailing = ({ reason }: ProbeFinding) => reason === "health_url_failed";

/** A probe of ours that failed teaches nothing. */
const isTelling = (finding: ProbeFinding) => finding.state !== "unknown";

export function learnedMemory(endpointId: string, finding: ProbeFinding): LearnedMemory {
  const { era, transport, protocolVersion, retryAfterMs, observedAtMs, fullHash } = finding;
  const { lints, capabilityLints } = splitLints(finding);
  const isSpoken = finding.state !== "down" && era !== null && transport !== null && protocolVersion !== null;
  return {
    endpointId,
    wire: isSpoken ? { era, transport, protocolVersion } : null,
    server: finding.server,
    toolsCount: finding.toolsCount,
    lints: fullHash === null ? null : lints,
    capabilityLints,
    capabilitiesListedAtMs: capabilityLints === null ? null : observedAtMs,
    healthUrlFailedAtMs: isHealthUrlFailing(finding) ? observedAtMs : null,
    tlsExpiresAtMs: finding.tlsExpiresAtMs,
    retryAfterUntilMs: retryAfterMs === null ? null : honouredRetryAfterMs(observedAtMs, retryAfterMs),
    fullHash: isSpoken ? fullHash : null,
  };
}

/** Whether each endpoint of a batch answered, and since which minute it does not. Minutes of ours that failed say nothing. */
export function lifeSigns(minutes: readonly ArchivableMinute[]): readonly LifeSign[] {
  const byEndpoint = Map.groupBy(minutes, ({ endpointId }) => endpointId);
  return [...byEndpoint].flatMap(([endpointId, its]) => {
    const telling = its.filter(({ state }) => state !== "unknown").toSorted((a, b) => a.minute - b.minute);
    const lastAnswer = telling.findLastIndex(({ state }) => state !== "down");
    const silent = telling[lastAnswer + 1];
    return telling.length === 0
      ? []
      : [
          {
            endpointId,
            isAnswering: lastAnswer >= 0,
            silentSinceMs: silent === undefined ? null : silent.minute * MINUTE_MS,
          },
        ];
  });
}
