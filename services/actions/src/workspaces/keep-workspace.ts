import { AppError } from "@alivemcp/core/app-error";
import { listMembers } from "@alivemcp/db/queries/members";
import { cancelDeletion } from "@alivemcp/db/queries/tenants";
import type { Caller } from "../caller.ts";
import { change } from "../change.ts";
import { plainMail } from "../plain-mail.ts";
import type { TellMembersDeps } from "./delete-workspace.ts";

/**
 * Undoes the deletion of a workspace that is not due yet; its endpoints are probed again and everybody is told. Throws
 * `conflict` when it is due or was never asked for.
 */
export async function keepWorkspace(deps: TellMembersDeps, caller: Caller): Promise<void> {
  const kept = await change(deps, caller, "workspace.keep", async (tx, tenant) => {
    if (!(await cancelDeletion(caller.scope, tx, new Date(deps.clock.nowMs())))) {
      throw new AppError({
        code: "conflict",
        internal: "no deletion that is not due",
        public: "This workspace is not on its way out, or its time is over.",
      });
    }
    return {
      result: { tenant, members: await listMembers(caller.scope, tx) },
      audit: { targetKind: "workspace", targetId: tenant.id },
    };
  });
  for (const { email } of kept.members) {
    deps.mailer.post(
      plainMail({
        to: email,
        subject: `The workspace ${kept.tenant.name} stays`,
        before: [
          `The deletion of the workspace “${kept.tenant.name}” was undone. Its endpoints are watched again.`,
        ],
        link: { url: `${deps.appUrl}/w/${kept.tenant.slug}/`, label: "Open the workspace" },
      }),
    );
  }
}
