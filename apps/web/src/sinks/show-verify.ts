import { decidePermission } from "@alivemcp/core/permissions";
import type { SinkRow } from "@alivemcp/db/queries/sinks";
import type { Deps } from "../deps.ts";
import type { FormRefusal } from "../forms/refusal-of.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext } from "../web-env.ts";
import { toSinkLine } from "./to-sink-line.ts";
import { verifyView } from "./verify-view.ts";

/** The page on which a sink is proven; with the secret of a webhook right after it was made. */
export async function showVerify(
  deps: Pick<Deps, "clock" | "site">,
  c: WebContext,
  input: { readonly sink: SinkRow; readonly secret?: string | null; readonly refusal?: FormRefusal },
): Promise<Response> {
  const { sink, secret = null, refusal = { problems: {}, status: 200 } } = input;
  const { caller, tenant } = c.var.workspace;
  const body = verifyView(c, {
    sink: toSinkLine(sink),
    proofExpiresAtMs: sink.proofExpiresAt?.getTime() ?? null,
    mayWrite: decidePermission(caller.actor, "sink.write").kind === "allowed",
    secret,
    digest: sinkDigest(sink),
    base: `/w/${tenant.slug}`,
    problems: refusal.problems,
    nowMs: deps.clock.nowMs(),
  });
  const scripts = [deps.site.assets.liveScript];
  const page = await renderPage(c, { title: `Verify ${sink.name}`, section: "alerting", body, scripts });
  return c.html(page, refusal.status);
}

/** What of the page is news: it was proven, tried or sent again. */
export const sinkDigest = (sink: SinkRow): string =>
  [sink.state, sink.lastAttemptAt?.getTime(), sink.proofExpiresAt?.getTime(), sink.failuresInARow].join("-");
