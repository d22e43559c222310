import { and, eq, lt } from "drizzle-orm";
import { inboundEvent } from "../schema/sinks.ts";
import type { TenantScope, Tx } from "../tenant-scope.ts";

const KEPT_MS = 7 * 86_400_000;

/** Notes what a channel told us; false when it was told before. Forgets what is older than a week. */
export async function noteInboundEvent(
  scope: TenantScope,
  tx: Tx,
  input: { readonly sinkId: string; readonly eventKey: string; readonly at: Date },
): Promise<boolean> {
  await tx
    .delete(inboundEvent)
    .where(
      and(
        eq(inboundEvent.tenantId, scope.tenantId),
        eq(inboundEvent.sinkId, input.sinkId),
        lt(inboundEvent.receivedAt, new Date(input.at.getTime() - KEPT_MS)),
      ),
    );
  const noted = await tx
    .insert(inboundEvent)
    .values({
      sinkId: input.sinkId,
      eventKey: input.eventKey,
      tenantId: scope.tenantId,
      receivedAt: input.at,
    })
    .onConflictDoNothing()
    .returning({ eventKey: inboundEvent.eventKey });
  return noted.length > 0;
}
