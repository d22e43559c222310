import { listDeliveries } from "@alivemcp/actions/deliveries/list-deliveries";
import { listRules } from "@alivemcp/actions/rules/list-rules";
import { listWatchedNames } from "@alivemcp/actions/watched/list-watched-names";
import { decidePermission } from "@alivemcp/core/permissions";
import type { SinkRow } from "@alivemcp/db/queries/sinks";
import { toDeliveryLine } from "../deliveries/to-delivery-line.ts";
import type { Deps } from "../deps.ts";
import type { FormRefusal } from "../forms/refusal-of.ts";
import { renderPage } from "../render-page.ts";
import type { WebContext } from "../web-env.ts";
import { sinkView } from "./sink-view.ts";
import { toSinkLine } from "./to-sink-line.ts";

const DELIVERIES_SHOWN = 10;

/** The page of one sink, with what was typed when its name was refused, or the secret of a webhook right after it was replaced. */
export async function showSink(
  deps: Deps,
  c: WebContext,
  input: {
    readonly sink: SinkRow;
    readonly typedName?: string;
    readonly refusal?: FormRefusal;
    readonly secret?: string;
  },
): Promise<Response> {
  const { sink, typedName = sink.name, refusal = { problems: {}, status: 200 } } = input;
  const { caller, tenant } = c.var.workspace;
  const may = (action: "sink.write" | "delivery.resend") =>
    decidePermission(caller.actor, action).kind === "allowed";
  const [rules, deliveries, endpoints] = await Promise.all([
    listRules(deps, caller),
    listDeliveries(deps, caller, { filter: { sink: sink.id }, before: null, limit: DELIVERIES_SHOWN }),
    listWatchedNames(deps, caller),
  ]);
  const body = sinkView(c, {
    sink: toSinkLine(sink),
    createdAtMs: sink.createdAt.getTime(),
    verifiedAtMs: sink.verifiedAt?.getTime() ?? null,
    rules: rules.filter(({ sinkIds }) => sinkIds.includes(sink.id)),
    deliveries: deliveries.map((row) => toDeliveryLine(row, { endpoints, attempts: [] })),
    clickId: crypto.randomUUID(),
    may: { write: may("sink.write"), resend: may("delivery.resend") },
    secret: input.secret ?? null,
    form: { name: typedName, problems: refusal.problems },
    base: `/w/${tenant.slug}`,
    nowMs: deps.clock.nowMs(),
  });
  const page = await renderPage(c, { title: sink.name, section: "alerting", body });
  return c.html(page, refusal.status);
}
