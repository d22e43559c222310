import type { Caller } from "@alivemcp/actions/caller";
import type { Role } from "@alivemcp/core/permissions";
import type { Membership } from "@alivemcp/db/queries/memberships-identity";
import type { Tenant } from "@alivemcp/db/queries/tenants";
import type { Context } from "hono";
import type { Site } from "./site.ts";

/** The person who is signed in. */
export interface Viewer {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly sessionId: string;
}

/** The workspace that the address names, as its viewer may see it. */
interface Workspace {
  /** First argument after `deps` of every verb of `@alivemcp/actions`. */
  readonly caller: Caller;
  readonly tenant: Tenant;
  readonly role: Role;
}

/** A sentence about what was just done, shown once, after the redirect. */
export interface Flash {
  readonly tone: "good" | "bad";
  readonly text: string;
}

/** What the middleware leaves for the routes. */
export interface WebEnv {
  Variables: {
    requestId: string;
    site: Site;
    /** Address that limits and the audit log know the caller by. */
    address: string;
    /** Null: nobody is signed in. */
    viewer: Viewer | null;
    /** Workspaces of the viewer by name; empty where nobody has to be signed in. */
    memberships: readonly Membership[];
    /** Set below `/w/:workspace` only. */
    workspace: Workspace;
    /** Proof that a form came from a page of ours; `csrfField` puts it in. */
    formToken: () => string;
    /** Shows a sentence on the next page that is rendered for this browser. */
    flash: (flash: Flash) => void;
    takeFlash: () => Flash | null;
  };
}

export type WebContext = Context<WebEnv>;
