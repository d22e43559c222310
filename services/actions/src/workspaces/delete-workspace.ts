import { listMembers } from "@alivemcp/db/queries/members";
import { scheduleDeletion } from "@alivemcp/db/queries/tenants";
import type { Mailer } from "@alivemcp/runtime/mail";
import type { ActionDeps } from "../action-deps.ts";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { plainMail } from "../plain-mail.ts";
import { requireTypedName } from "./require-typed-name.ts";

/** Time to think again; then everything is erased. */
export const DELETION_GRACE_MS = 14 * 86_400_000;

/** What a verb needs that tells every member by mail. */
export interface TellMembersDeps extends Pick<ActionDeps, "pool" | "clock"> {
  readonly mailer: Pick<Mailer, "post">;
  /** Base URL of the dashboard, without a slash at its end. */
  readonly appUrl: string;
}

/**
 * Puts the workspace on its way out: its endpoints are probed no more from the next schedule on, everybody is told by
 * mail, and in 14 days the archiver erases it. Until then `keepWorkspace` undoes it. `confirmation` is the workspace's
 * name, typed in. Throws `invalid` when that differs. Answers when it is due; asking again changes nothing.
 */
export async function deleteWorkspace(
  deps: TellMembersDeps,
  caller: Caller,
  { confirmation }: { readonly confirmation: string },
): Promise<Date> {
  const nowMs = deps.clock.nowMs();
  const asked = await change(deps, caller, "workspace.delete", async (tx, tenant) => {
    requireTypedName(tenant, confirmation);
    if (tenant.deletionDueAt !== null) {
      return { result: { tenant, dueAt: tenant.deletionDueAt, members: [] }, audit: null };
    }
    const dueAt = new Date(nowMs + DELETION_GRACE_MS);
    await scheduleDeletion(caller.scope, tx, { requestedAt: new Date(nowMs), dueAt });
    return {
      result: { tenant, dueAt, members: await listMembers(caller.scope, tx) },
      audit: { targetKind: "workspace", targetId: tenant.id, content: { due_at: dueAt.toISOString() } },
    };
  });
  const day = asked.dueAt.toISOString().slice(0, 10);
  for (const { email, role } of asked.members) {
    deps.mailer.post(
      plainMail({
        to: email,
        subject: `The workspace ${asked.tenant.name} will be deleted on ${day}`,
        before: [
          `Its owner asked AliveMCP to delete the workspace “${asked.tenant.name}”. Its endpoints are not watched any more from now on.`,
          `On ${day} its endpoints with all their history, its members, API keys and credentials are erased for good.`,
          role === "owner"
            ? "Until then you can undo it, or take your data away, under Settings:"
            : "Until then its owner can undo it, under Settings:",
        ],
        link: { url: `${deps.appUrl}/w/${asked.tenant.slug}/settings`, label: "Settings of the workspace" },
      }),
    );
  }
  return asked.dueAt;
}
