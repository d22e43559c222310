import { AppError } from "@alivemcp/core/app-error";
import { plainText } from "@alivemcp/core/plain-text";
import { RELEASE_AHEAD_MS_MAX, RELEASE_WINDOW_MS_MAX } from "@alivemcp/core/release-window";
import {
  cancelReleaseWindow,
  countOpenReleaseWindows,
  insertReleaseWindow,
  listReleaseWindows,
  type ReleaseWindowRow,
} from "@alivemcp/db/queries/release-windows";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { getEndpointIn } from "../endpoints/get-endpoint.ts";
import { read } from "../read.ts";
import { actorWords } from "./actor-words.ts";

const instant = z.iso.datetime({ offset: true, error: "Give an instant such as 2026-11-21T10:00:00Z." });

/** Body of "announce a release", in the words of the REST API. */
export const releaseSchema = z.strictObject({
  /** Default: now. */
  from: instant.optional(),
  until: instant,
  note: plainText(500).optional(),
});
export type ReleaseBody = z.output<typeof releaseSchema>;

/** Announced and not over, per endpoint. */
const OPEN_MAX = 20;
const LISTED_MAX = 50;
/** Slack for the clock of whoever asks. */
const PAST_MS_MAX = 60_000;

/**
 * Announces that the tools of an endpoint will change on purpose. Throws `invalid` when the window is over, longer
 * than a day or more than 90 days ahead, `conflict` when 20 are announced already.
 */
export function announceRelease(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  input: { readonly endpoint: string; readonly release: ReleaseBody },
): Promise<ReleaseWindowRow> {
  const nowMs = deps.clock.nowMs();
  return change(deps, caller, "drift.announce", async (tx) => {
    const { id } = await getEndpointIn(caller.scope, tx, input.endpoint);
    const window = acceptedWindow(input.release, nowMs);
    if ((await countOpenReleaseWindows(caller.scope, tx, id)) >= OPEN_MAX) {
      throw new AppError({
        code: "conflict",
        internal: "too many open releases",
        public: `There are ${OPEN_MAX} announced releases already. Cancel one first.`,
      });
    }
    const note = input.release.note ?? null;
    const announcedBy = actorWords(caller.actor);
    const row = await insertReleaseWindow(caller.scope, tx, { endpointId: id, ...window, note, announcedBy });
    const content = { from: window.fromAt.toISOString(), until: window.untilAt.toISOString(), note };
    return { result: row, audit: { targetKind: "release", targetId: row.id, content } };
  });
}

function acceptedWindow({ from, until }: ReleaseBody, nowMs: number): { fromAt: Date; untilAt: Date } {
  const fromMs = from === undefined ? nowMs : Date.parse(from);
  const untilMs = Date.parse(until);
  if (fromMs < nowMs - PAST_MS_MAX) {
    throw invalid("from", "A release cannot begin in the past: what drifted before it is not excused by it.");
  }
  if (fromMs > nowMs + RELEASE_AHEAD_MS_MAX) {
    throw invalid("from", "A release can be announced at most 90 days ahead.");
  }
  if (untilMs <= Math.max(fromMs, nowMs)) {
    throw invalid("until", "A release ends after it begins, and in the future.");
  }
  if (untilMs - fromMs > RELEASE_WINDOW_MS_MAX) {
    throw invalid("until", "A release takes at most 24 hours.");
  }
  return { fromAt: new Date(fromMs), untilAt: new Date(untilMs) };
}

/** Releases of one endpoint, the latest first, at most 50. */
export function listReleases(
  deps: Pick<ActionDeps, "pool">,
  caller: Caller,
  slugOrId: string,
): Promise<ReleaseWindowRow[]> {
  return read(deps, caller, "endpoint.read", async (tx) => {
    const { id } = await getEndpointIn(caller.scope, tx, slugOrId);
    return listReleaseWindows(caller.scope, tx, { endpointId: id, limit: LISTED_MAX });
  });
}

/** Takes an announcement back. Throws `not_found` when there is no such release, or it is over. */
export function cancelRelease(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  input: { readonly endpoint: string; readonly releaseId: string },
): Promise<ReleaseWindowRow> {
  return change(deps, caller, "drift.announce", async (tx) => {
    const { id } = await getEndpointIn(caller.scope, tx, input.endpoint);
    const at = new Date(deps.clock.nowMs());
    const row = await cancelReleaseWindow(caller.scope, tx, { endpointId: id, id: input.releaseId, at });
    if (row === null) {
      throw new AppError({
        code: "not_found",
        internal: "no such open release",
        public: "There is no such release, or it is over.",
      });
    }
    return {
      result: row,
      audit: { targetKind: "release", targetId: row.id, content: { is_cancelled: true } },
    };
  });
}

function invalid(field: "from" | "until", sentence: string): AppError {
  return new AppError({ code: "invalid", internal: `release ${field}`, public: sentence, field });
}
