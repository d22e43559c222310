import { AppError } from "@alivemcp/core/app-error";
import type { Actor } from "@alivemcp/core/permissions";
import { PLANS } from "@alivemcp/core/plans";
import { touchApiKey } from "@alivemcp/db/queries/api-keys-identity";
import { DEFAULT_TENANT_ID } from "@alivemcp/db/seed";
import { grantTenantScope } from "@alivemcp/db/tenant-scope";
import type { Context, MiddlewareHandler } from "hono";
import type { ApiEnv } from "../api-env.ts";
import type { Deps } from "../deps.ts";
import { requestCaller } from "../request-caller.ts";
import type { FailureLimit } from "./failure-limit.ts";
import { identifyKey, type KeyIdentity } from "./identify-key.ts";

/** A last use is exact to this: more is not worth a write at every request. */
const USE_NOTED_EVERY_MS = 60_000;

/**
 * Lets a request pass that carries a key, as a caller in the key's own workspace. Unknown, malformed, expired and
 * revoked keys get the same 401; an address that sends too many of them gets 429 for the next ones. A good key passes
 * from any address, so nobody can lock out their neighbours behind one.
 */
export function authenticate(
  deps: Pick<Deps, "identityPool" | "clock" | "config" | "log">,
  failures: FailureLimit,
): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const identity = await identifyKey(deps, c.req.header("authorization"));
    if (identity.kind === "refused") {
      deps.log.info({ requestId: c.get("requestId"), reason: identity.reason }, "key refused");
      await failures.count(requestCaller(c, deps.config.TRUSTED_PROXY_HOPS));
      throw unauthenticated(identity.reason);
    }
    c.set("presentedKey", identity.token);
    admit(deps, c, identity);
    await next();
  };
}

function admit(
  deps: Pick<Deps, "identityPool" | "clock" | "config" | "log">,
  c: Context<ApiEnv>,
  identity: Exclude<KeyIdentity, { kind: "refused" }>,
): void {
  if (identity.kind === "operator") {
    setCaller(deps, c, DEFAULT_TENANT_ID, { kind: "operator", operatorId: "operator-key" });
    c.set("plan", PLANS.enterprise);
    return;
  }
  const { id, tenantId, scopes, plan } = identity.key;
  setCaller(deps, c, tenantId, { kind: "api-key", keyId: id, scopes });
  c.set("plan", plan);
  noteUse(deps, identity.key);
}

function setCaller(deps: Pick<Deps, "config">, c: Context<ApiEnv>, tenantId: string, actor: Actor): void {
  c.set("caller", {
    scope: grantTenantScope(tenantId, actor.kind === "operator" ? "operator-key" : "api-key"),
    actor,
    requestId: c.get("requestId"),
    address: requestCaller(c, deps.config.TRUSTED_PROXY_HOPS),
  });
}

/** Beside the request, not in it: a slow write of "last used" delays nobody, and a lost one harms nobody. */
function noteUse(
  deps: Pick<Deps, "identityPool" | "clock" | "log">,
  key: { readonly id: string; readonly lastUsedAt: Date | null },
): void {
  const nowMs = deps.clock.nowMs();
  const unlessSince = new Date(nowMs - USE_NOTED_EVERY_MS);
  if (key.lastUsedAt !== null && key.lastUsedAt > unlessSince) {
    return;
  }
  touchApiKey(deps.identityPool, { id: key.id, at: new Date(nowMs), unlessSince }).catch((err: unknown) =>
    deps.log.warn({ err }, "last use of a key not noted"),
  );
}

const unauthenticated = (reason: string) =>
  new AppError({
    code: "unauthenticated",
    internal: `key refused: ${reason}`,
    public:
      "Send an API key of your workspace as `Authorization: Bearer amk_live_…`; ended keys open nothing.",
  });
