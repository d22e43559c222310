import { randomBytes } from "node:crypto";
import { base62OfBytes, formatApiKey, KEY_PREFIX_CHARS, KEY_SECRET_CHARS } from "@alivemcp/core/api-key";
import { AppError } from "@alivemcp/core/app-error";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import type { Actor, Scope } from "@alivemcp/core/permissions";
import { type ApiKey, countLiveApiKeys, findApiKey, insertApiKey } from "@alivemcp/db/queries/api-keys";
import type { Tx } from "@alivemcp/db/tenant-scope";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";

/** A workspace that needs more has lost count of them. */
export const LIVE_KEYS_MAX = 100;
/** Two years; a secret that is older than that has been copied to places nobody remembers. */
export const KEY_LIFE_MS_MAX = 2 * 366 * 86_400_000;
const PREFIX_TRIES = 3;

export interface NewKeyInput {
  /** 1–100 characters, checked where they came in. */
  readonly name: string;
  /** At least one. */
  readonly scopes: readonly Scope[];
  /** Null: until it is revoked. */
  readonly expiresAtMs: number | null;
}

export interface CreatedKey {
  readonly key: ApiKey;
  /** The whole key. It is stored nowhere: this is the one time it can be shown. */
  readonly token: string;
}

/**
 * Makes an API key. Throws `invalid` naming the field, `forbidden` when the caller is a key that would give what it
 * does not have itself (a scope, or a longer life), `limit_reached` at 100 live keys.
 */
export function createKey(
  deps: Pick<ActionDeps, "pool" | "clock">,
  caller: Caller,
  input: NewKeyInput,
): Promise<CreatedKey> {
  const nowMs = deps.clock.nowMs();
  return change(deps, caller, "key.create", async (tx) => {
    requireLife(input.expiresAtMs, nowMs);
    await requireNothingGained(caller, tx, input);
    await requireRoom(caller, tx, nowMs);
    const created = await insertUnderFreePrefix(caller, tx, input, nowMs);
    return {
      result: created,
      audit: {
        targetKind: "api-key",
        targetId: created.key.id,
        content: { name: input.name, scopes: [...input.scopes].sort(), expires_at_ms: input.expiresAtMs },
      },
    };
  });
}

async function insertUnderFreePrefix(
  caller: Caller,
  tx: Tx,
  input: NewKeyInput,
  nowMs: number,
): Promise<CreatedKey> {
  for (let attempt = 0; attempt < PREFIX_TRIES; attempt += 1) {
    const prefix = randomBase62(KEY_PREFIX_CHARS);
    const secret = randomBase62(KEY_SECRET_CHARS);
    const key = await insertApiKey(caller.scope, tx, {
      prefix,
      secretHash: sha256Hex(secret),
      name: input.name,
      scopes: [...new Set(input.scopes)],
      createdBy: caller.actor.kind === "member" ? caller.actor.userId : null,
      createdAt: new Date(nowMs),
      expiresAt: input.expiresAtMs === null ? null : new Date(input.expiresAtMs),
    });
    if (key !== null) {
      return { key, token: formatApiKey({ prefix, secret }) };
    }
  }
  throw new Error("no free key prefix in three tries");
}

function requireLife(expiresAtMs: number | null, nowMs: number): void {
  if (expiresAtMs !== null && expiresAtMs <= nowMs) {
    throw invalidExpiry("A key has to expire in the future.");
  }
  if (expiresAtMs !== null && expiresAtMs > nowMs + KEY_LIFE_MS_MAX) {
    throw invalidExpiry("A key may live two years at most.");
  }
}

const invalidExpiry = (sentence: string) =>
  new AppError({ code: "invalid", internal: "expiry out of bounds", public: sentence, field: "expires_at" });

/** A key that leaks must not be able to make itself a better one. */
async function requireNothingGained(caller: Caller, tx: Tx, input: NewKeyInput): Promise<void> {
  const { actor } = caller;
  if (actor.kind !== "api-key") {
    return;
  }
  const missing = missingScopes(actor, input.scopes);
  if (missing.length > 0) {
    throw new AppError({
      code: "forbidden",
      internal: "key would give scopes it lacks",
      public: `A key can only give scopes it has itself; this one lacks ${missing.join(", ")}.`,
      field: "scopes",
    });
  }
  const own = await findApiKey(caller.scope, tx, actor.keyId);
  const ownEndMs = own?.expiresAt?.getTime() ?? null;
  if (ownEndMs !== null && (input.expiresAtMs === null || input.expiresAtMs > ownEndMs)) {
    throw new AppError({
      code: "forbidden",
      internal: "key would outlive its maker",
      public: `A key cannot make one that lives longer than itself; this one ends at ${new Date(ownEndMs).toISOString()}.`,
      field: "expires_at",
    });
  }
}

const missingScopes = (actor: Actor & { kind: "api-key" }, wanted: readonly Scope[]) =>
  wanted.filter((scope) => !actor.scopes.includes(scope));

async function requireRoom(caller: Caller, tx: Tx, nowMs: number): Promise<void> {
  if ((await countLiveApiKeys(caller.scope, tx, new Date(nowMs))) >= LIVE_KEYS_MAX) {
    throw new AppError({
      code: "limit_reached",
      internal: "too many live keys",
      public: `A workspace may have ${LIVE_KEYS_MAX} live keys; revoke one that is not used.`,
    });
  }
}

function randomBase62(length: number): string {
  for (;;) {
    const text = base62OfBytes(randomBytes(2 * length), length);
    if (text !== null) {
      return text;
    }
  }
}
