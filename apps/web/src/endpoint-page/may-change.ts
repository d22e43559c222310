import { decidePermission } from "@alivemcp/core/permissions";
import type { WebContext } from "../web-env.ts";

/** Whether the viewer may change endpoints of the workspace: pages show what leads there only then. */
export const mayChange = (c: WebContext): boolean =>
  decidePermission(c.var.workspace.caller.actor, "endpoint.update").kind === "allowed";
