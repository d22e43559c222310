import { randomUUID } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import {
  markRequestDone,
  type RequestAttempt,
  releaseIdempotencyKey,
  type StoredRequest,
  storeAnswer,
  takeIdempotencyKey,
} from "@alivemcp/db/queries/idempotency-keys";
import { type Tx, withTenant } from "@alivemcp/db/tenant-scope";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiEnv } from "../api-env.ts";
import type { Deps } from "../deps.ts";
import { openAnswer, sealAnswer } from "./sealed-answer.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
/** How long an attempt may work before another may take over what it has not changed yet; above every time-out of ours. */
const LEASE_MS = 60_000;
const LIFE_MS = 86_400_000;
/** What an answer that is stored may weigh; a larger one is not repeated, its request is called done. */
const ANSWER_BYTES_MAX = 2_000_000;

type IdempotencyDeps = Pick<Deps, "pool" | "clock" | "log">;

/**
 * Makes a write with an `Idempotency-Key` happen once (draft-ietf-httpapi-idempotency-key-header-07): a repeat within
 * a day gets the stored answer, marked `Idempotency-Replayed: true`; one that comes while the first is at work, or
 * asks for something else, gets 409. That the change was made is written in the change's own transaction: when the
 * process dies before the answer is stored, the repeat is told so and nothing is done twice. A refused request changed
 * nothing and leaves the key free.
 */
export function idempotency(deps: IdempotencyDeps): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const header = c.req.header("idempotency-key");
    if (header === undefined || SAFE_METHODS.has(c.req.method)) {
      return next();
    }
    const attempt = await attemptOf(c, readKey(header));
    const stored = await take(deps, c, attempt);
    if (stored !== null) {
      return repeat(c, attempt, stored, deps.clock.nowMs());
    }
    const { caller } = c.var;
    c.set("caller", { ...caller, beforeCommit: (tx) => noteDone(deps, c, tx, attempt) });
    await next();
    await keepAnswer(deps, c, attempt);
  };
}

/** The draft wants a quoted string; most clients send it bare. Both name the same key. */
function readKey(header: string): string {
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (!/^[!-~]{1,255}$/.test(key)) {
    throw new AppError({
      code: "invalid",
      internal: "bad idempotency key",
      public: "An Idempotency-Key has 1 to 255 visible ASCII characters; a random UUID is a good one.",
      field: "idempotency-key",
    });
  }
  return key;
}

async function attemptOf(c: Context<ApiEnv>, key: string): Promise<RequestAttempt> {
  const { actor } = c.var.caller;
  const { pathname, search } = new URL(c.req.url);
  return {
    callerId: actor.kind === "api-key" ? actor.keyId : actor.kind,
    key,
    requestHash: sha256Hex([c.req.method, pathname + search, await c.req.text()].join("\n")),
    attempt: randomUUID(),
  };
}

function take(deps: IdempotencyDeps, c: Context<ApiEnv>, attempt: RequestAttempt) {
  const nowMs = deps.clock.nowMs();
  const { scope } = c.var.caller;
  return withTenant(scope, deps.pool, (tx) =>
    takeIdempotencyKey(scope, tx, attempt, {
      at: new Date(nowMs),
      leaseBefore: new Date(nowMs - LEASE_MS),
      forgetBefore: new Date(nowMs - LIFE_MS),
    }),
  );
}

function repeat(c: Context<ApiEnv>, attempt: RequestAttempt, stored: StoredRequest, nowMs: number): Response {
  if (stored.requestHash !== attempt.requestHash) {
    throw conflict("This Idempotency-Key was used for another request; send a new one.");
  }
  if (stored.answer !== null) {
    const { status, sealed } = stored.answer;
    const answer = openAnswer(sealed, secretOf(c, attempt));
    return new Response(answer.body === "" ? null : answer.body, {
      status,
      headers: { ...answer.headers, "idempotency-replayed": "true" },
    });
  }
  if (stored.isDone && nowMs - stored.startedAtMs > LEASE_MS) {
    throw conflict(
      "A request with this Idempotency-Key was carried out, but its answer was lost. Look at what is there now; to do it again, send a new key.",
    );
  }
  throw conflict("A request with this Idempotency-Key is being carried out; please wait.", 1);
}

const conflict = (sentence: string, retryAfterS?: number) =>
  new AppError({
    code: "conflict",
    internal: "idempotency key in use",
    public: sentence,
    field: "idempotency-key",
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  });

const secretOf = (c: Context<ApiEnv>, { key, requestHash }: RequestAttempt) => ({
  presentedKey: c.var.presentedKey,
  tenantId: c.var.caller.scope.tenantId,
  key,
  requestHash,
});

async function noteDone(
  deps: Pick<Deps, "clock">,
  c: Context<ApiEnv>,
  tx: Tx,
  attempt: RequestAttempt,
): Promise<void> {
  const isMine = await markRequestDone(c.var.caller.scope, tx, attempt, new Date(deps.clock.nowMs()));
  if (!isMine) {
    throw conflict("This request took so long that a repeat of it took over.");
  }
}

/** The answer goes out even when it cannot be stored; the mark in the change's transaction is what keeps the promise. */
async function keepAnswer(deps: IdempotencyDeps, c: Context<ApiEnv>, attempt: RequestAttempt): Promise<void> {
  const { scope } = c.var.caller;
  const { status } = c.res;
  try {
    if (status < 200 || status > 299) {
      await withTenant(scope, deps.pool, (tx) => releaseIdempotencyKey(scope, tx, attempt));
      return;
    }
    const body = await c.res.clone().text();
    if (body.length <= ANSWER_BYTES_MAX) {
      const sealed = sealAnswer({ headers: keptHeaders(c.res), body }, secretOf(c, attempt));
      await withTenant(scope, deps.pool, (tx) => storeAnswer(scope, tx, attempt, { status, sealed }));
    }
  } catch (err) {
    deps.log.error({ err, requestId: c.get("requestId") }, "answer of a repeatable request not stored");
  }
}

const KEPT = ["content-type", "location", "etag"];

function keptHeaders(response: Response): Record<string, string> {
  return Object.fromEntries([...response.headers].filter(([name]) => KEPT.includes(name)));
}
