/** The health pages that an owner listed beside the endpoint: asked all at once, without credential, through the guard. */

import type { DueHealthUrl } from "@alivemcp/core/health-url";
import { isStatusWell } from "@alivemcp/core/health-url";
import { describeOutcome, type ProbeOutcome } from "@alivemcp/core/probe-outcome";
import { publicLine } from "@alivemcp/core/public-text";
import type { BodyReader } from "./body-sink.ts";
import type { ExchangeResult } from "./exchange.ts";
import {
  type CancelReason,
  cancelScope,
  closeScope,
  type ExchangeScope,
  openScope,
  type ReplyHead,
} from "./exchange-scope.ts";
import { parseJson } from "./json-rpc.ts";
import { leftMs, noteStep, type ProbeRun } from "./probe-run.ts";
import { followRedirects } from "./redirects.ts";

const HEALTH_URL_TIMEOUT_MS = 10_000;
/** With less left of the probe than this they could only end as a timeout of our own making. */
const HEALTH_URLS_NEED_MS = 2_000;
const BODY_BYTES_MAX = 65_536;

/** Asks every URL that is due; the first failing one by its position, or null. One step each in the waterfall. */
export async function askHealthUrls(run: ProbeRun): Promise<ProbeOutcome | null> {
  const { healthUrls } = run.expectations;
  if (healthUrls.length === 0 || run.scope.cancelled !== null || leftMs(run) < HEALTH_URLS_NEED_MS) {
    return null;
  }
  // A scope of its own: what these pages answer is neither evidence nor a session of the endpoint's.
  const scope = openScope(run.deps, {
    addressOffset: run.scope.addressOffset,
    isHttpsDemanded: false,
    onDialled: null,
    onHead: null,
  });
  const cancel = (reason: CancelReason) => cancelScope(scope, reason);
  const timer = setTimeout(cancel, Math.min(HEALTH_URL_TIMEOUT_MS, leftMs(run)), "budget_spent");
  run.scope.inFlight.add(cancel);
  try {
    const answers = await Promise.all(healthUrls.map((due) => askOne(run, scope, due)));
    for (const { due, ms, problem } of answers) {
      noteStep(
        run,
        "health_url",
        ms,
        problem === null,
        `${due.position}${problem === null ? "" : `: ${problem}`}`,
      );
    }
    const failing = answers.find(({ problem }) => problem !== null);
    return failing === undefined
      ? null
      : { kind: "health-url-failed", position: failing.due.position, detail: failing.problem ?? "" };
  } finally {
    clearTimeout(timer);
    run.scope.inFlight.delete(cancel);
    closeScope(scope);
  }
}

async function askOne(run: ProbeRun, scope: ExchangeScope, due: DueHealthUrl) {
  const startedMs = performance.now();
  const result = await followRedirects(
    scope,
    {
      url: new URL(due.url),
      method: "GET",
      headers: ["user-agent", run.deps.userAgent, "accept", "application/health+json, application/json, */*"],
      body: null,
      timeoutMs: HEALTH_URL_TIMEOUT_MS,
      bodyBytesMax: BODY_BYTES_MAX,
      lane: `health-url-${due.position}`,
      readBody: (head) => (isDocumentWanted(due, head) ? null : NOT_READ),
    },
    () => {},
  );
  return { due, ms: performance.now() - startedMs, problem: problemOf(due, result) };
}

/** The head says all there is to know. */
const NOT_READ: BodyReader = { push: () => "done" };

function isDocumentWanted(due: DueHealthUrl, head: ReplyHead): boolean {
  return (
    due.isStatusChecked && isWellStatus(head) && /^application\/(?:[\w.-]+\+)?json$/.test(head.contentType)
  );
}

const isWellStatus = ({ status }: ReplyHead) => status >= 200 && status < 300;

/** What is not well, in a word or two; null when all is, or when it was we who failed. */
function problemOf(due: DueHealthUrl, result: ExchangeResult): string | null {
  if (result.kind === "failed") {
    const { outcome, head } = result;
    const isTooLong = outcome.kind === "too-large" && head !== null && isWellStatus(head);
    return outcome.kind === "probe-broke" || isTooLong ? null : describeOutcome(outcome);
  }
  const { head, body } = result;
  if (!isWellStatus(head)) {
    return `http_${head.status}`;
  }
  const document = isDocumentWanted(due, head) ? parseJson(body.toString()) : null;
  return document?.kind === "value" && !isStatusWell(document.value) ? statusWord(document.value) : null;
}

function statusWord(document: unknown): string {
  const { status } = document as { readonly status?: unknown };
  return `status ${publicLine(String(status), 30)}`;
}
