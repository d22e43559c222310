/** Adding a channel by Slack's own page: the answer of Slack is the proof, so that such a sink begins verified. */
import { randomBytes } from "node:crypto";
import { AppError } from "@alivemcp/core/app-error";
import { sha256Hex } from "@alivemcp/core/canonical-json";
import { SCOPES } from "@alivemcp/core/permissions";
import { countSinks, insertSink, type SinkRow } from "@alivemcp/db/queries/sinks";
import { findTenant } from "@alivemcp/db/queries/tenants";
import { grantTenantScope, withTenant } from "@alivemcp/db/tenant-scope";
import type { SinkDeps as VendorDeps } from "@alivemcp/sinks/sink-client";
import { exchangeSlackCode, type SlackApp, slackAuthorizeUrl } from "@alivemcp/sinks/slack/oauth";
import { shownSlack } from "@alivemcp/sinks/slack/settings";
import { z } from "zod";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { requirePlanFeature } from "../require-plan-feature.ts";
import { requirePlanLimit } from "../require-plan-limit.ts";
import { sealedSink } from "./create-sink.ts";

/** What it takes to send somebody to Slack; the app's secret is not in it. */
type StartDeps = Pick<ActionDeps, "pool" | "redis" | "clock" | "apiUrl"> & {
  /** Null: this installation has no Slack app. */
  readonly slackApp: Pick<SlackApp, "clientId"> | null;
  readonly vendorHttp: Pick<VendorDeps, "vendors">;
};

type FinishDeps = Pick<ActionDeps, "pool" | "redis" | "clock" | "sinkPublicKey" | "apiUrl"> & {
  readonly slackApp: SlackApp | null;
  /** How vendors are asked. */
  readonly vendorHttp: Pick<VendorDeps, "fetch" | "vendors">;
};

export interface InstalledSlack {
  readonly sink: SinkRow;
  readonly workspaceSlug: string;
  /** Who began: a person at the dashboard, or a key. */
  readonly begunBy: "member" | "api-key";
}

/** Slack's code lives for ten minutes; so does what is remembered of who asked. */
const LIFE_S = 600;
const NAME_CHARS_MAX = 100;

/** Who began, as it is kept: people and keys only. */
const keptSchema = z.object({
  tenantId: z.uuid(),
  actor: z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("member"),
      userId: z.string(),
      role: z.enum(["owner", "admin", "member", "viewer"]),
    }),
    z.object({ kind: z.literal("api-key"), keyId: z.string(), scopes: z.array(z.enum(SCOPES)) }),
  ]),
  address: z.string().nullable(),
});

const keyOf = (state: string) => `slack-install:${sha256Hex(state)}`;

/**
 * Where Slack asks for the channel. Whoever comes back within ten minutes with the state installs for this workspace, in
 * the name of who began. Throws `conflict` where this installation has no Slack app, `limit_reached`.
 */
export async function startSlackInstall(
  deps: StartDeps,
  caller: Caller,
): Promise<{ readonly url: string; readonly expiresAtMs: number }> {
  const { clientId } = requireApp(deps.slackApp);
  await change(deps, caller, "sink.write", async (tx, tenant) => {
    requirePlanFeature(tenant.plan, "everySinkKind", "kind");
    requirePlanLimit(tenant.plan, "sinksMax", { wanted: (await countSinks(caller.scope, tx)) + 1 });
    return { result: null, audit: null };
  });
  const state = randomBytes(32).toString("base64url");
  const kept = { tenantId: caller.scope.tenantId, actor: caller.actor, address: caller.address };
  await deps.redis.set(keyOf(state), JSON.stringify(kept), "EX", LIFE_S);
  const url = slackAuthorizeUrl(deps.vendorHttp, { clientId, redirectUri: redirectUriOf(deps), state });
  return { url: url.href, expiresAtMs: deps.clock.nowMs() + LIFE_S * 1_000 };
}

/** The workspace that a state was made for, changing nothing; null when it is none of ours any more. */
export async function readSlackInstall(
  deps: Pick<FinishDeps, "pool" | "redis">,
  state: string,
): Promise<string | null> {
  const caller = callerOf(await deps.redis.get(keyOf(state)));
  if (caller === null) {
    return null;
  }
  const tenant = await withTenant(caller.scope, deps.pool, (tx) => findTenant(caller.scope, tx));
  return tenant?.name ?? null;
}

/**
 * Adds the channel that was chosen at Slack, verified. The state is good once. Throws `invalid` naming `state` or `code`,
 * `upstream` when Slack does not answer or refuses our app, `limit_reached`, `forbidden` when who began may not any more.
 */
export async function finishSlackInstall(
  deps: FinishDeps,
  input: { readonly state: string; readonly code: string },
): Promise<InstalledSlack> {
  const app = requireApp(deps.slackApp);
  const caller = callerOf(await deps.redis.getdel(keyOf(input.state)));
  if (caller === null) {
    throw refused("state", "This way back from Slack works once, for ten minutes. Begin again.");
  }
  const redirectUri = redirectUriOf(deps);
  const installed = await exchangeSlackCode(deps.vendorHttp, { app, code: input.code, redirectUri });
  if (installed.kind === "refused") {
    throw installed.reason === "code" || installed.reason === "no_channel"
      ? refused("code", "Slack did not give us the channel. Begin again and choose one.")
      : new AppError({
          code: "upstream",
          internal: `slack install: ${installed.reason} ${installed.detail}`,
          public: "Slack did not let the installation through. Try again, or write to the operators.",
        });
  }
  const { settings } = installed;
  return change(deps, caller, "sink.write", async (tx, tenant) => {
    requirePlanFeature(tenant.plan, "everySinkKind", "kind");
    requirePlanLimit(tenant.plan, "sinksMax", { wanted: (await countSinks(caller.scope, tx)) + 1 });
    const sink = await insertSink(caller.scope, tx, {
      ...sealedSink(deps, caller, { settings, shown: shownSlack(settings) }),
      kind: "slack",
      name: settings.channelName.slice(0, NAME_CHARS_MAX) || "Slack",
      isDefault: false,
      verifiedAt: new Date(deps.clock.nowMs()),
    });
    const begunBy = caller.actor.kind === "member" ? "member" : "api-key";
    return {
      result: { sink, workspaceSlug: tenant.slug, begunBy },
      audit: {
        deed: "sink.install",
        targetKind: "sink",
        targetId: sink.id,
        content: { kind: "slack", name: sink.name },
      },
    };
  });
}

function callerOf(text: string | null): Caller | null {
  const kept = text === null ? null : keptSchema.safeParse(JSON.parse(text));
  return kept?.success
    ? {
        scope: grantTenantScope(kept.data.tenantId, "channel"),
        actor: kept.data.actor,
        requestId: null,
        address: kept.data.address,
      }
    : null;
}

const redirectUriOf = ({ apiUrl }: Pick<StartDeps, "apiUrl">) => `${apiUrl}/oauth/slack/callback`;

function requireApp<App>(slackApp: App | null): App {
  if (slackApp === null) {
    throw new AppError({
      code: "conflict",
      internal: "no slack app",
      public: "This installation has no Slack app. Paste the URL of an incoming webhook instead.",
    });
  }
  return slackApp;
}

const refused = (field: string, sentence: string) =>
  new AppError({ code: "invalid", internal: `slack install ${field}`, public: sentence, field });
