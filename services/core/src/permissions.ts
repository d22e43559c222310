/** Who may do what inside a workspace: the one table that API, dashboard and tests read. */

/** Of a person in a workspace, from most to least. Every workspace has exactly one owner. */
export const ROLES = ["owner", "admin", "member", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** What an API key may be allowed. `read` covers everything that a viewer sees. */
export const SCOPES = [
  "read",
  "endpoints:write",
  "credentials:write",
  "drift:write",
  "members:read",
  "members:write",
  "keys:read",
  "keys:write",
  "workspace:write",
  "audit:read",
  "alerts:write",
  "sinks:write",
  "pages:write",
] as const;
export type Scope = (typeof SCOPES)[number];

interface Rule {
  /** Roles that may. */
  readonly roles: readonly Role[];
  /** Scope that lets a key; null: only a person may. */
  readonly scope: Scope | null;
  /** In the words of the person who is refused: "You may not …". */
  readonly words: string;
}

const EVERYONE: readonly Role[] = ROLES;
const WORKERS: readonly Role[] = ["owner", "admin", "member"];
const ADMINS: readonly Role[] = ["owner", "admin"];
const OWNER: readonly Role[] = ["owner"];
/** Operators of the installation only. */
const NOBODY: readonly Role[] = [];

const rule = (roles: readonly Role[], scope: Scope | null, words: string): Rule => ({ roles, scope, words });

const RULES = {
  "workspace.read": rule(EVERYONE, "read", "see this workspace"),
  "workspace.update": rule(ADMINS, "workspace:write", "change this workspace"),
  "workspace.transfer": rule(OWNER, null, "hand this workspace over"),
  "workspace.delete": rule(OWNER, null, "delete this workspace"),
  "workspace.keep": rule(OWNER, null, "undo the deletion of this workspace"),
  "workspace.export": rule(OWNER, null, "export this workspace"),
  "workspace.set_plan": rule(NOBODY, null, "set the plan of this workspace"),
  "workspace.suspend": rule(NOBODY, null, "suspend this workspace"),
  "member.list": rule(EVERYONE, "members:read", "see the members"),
  "member.invite": rule(ADMINS, "members:write", "invite people"),
  "member.change_role": rule(ADMINS, "members:write", "change roles"),
  "member.remove": rule(ADMINS, "members:write", "remove members"),
  "member.leave": rule(EVERYONE, null, "leave this workspace"),
  "key.list": rule(WORKERS, "keys:read", "see the API keys"),
  "key.create": rule(ADMINS, "keys:write", "create API keys"),
  "key.revoke": rule(ADMINS, "keys:write", "revoke API keys"),
  "audit.read": rule(ADMINS, "audit:read", "read the audit log"),
  "endpoint.read": rule(EVERYONE, "read", "see endpoints"),
  "endpoint.create": rule(WORKERS, "endpoints:write", "register endpoints"),
  "endpoint.update": rule(WORKERS, "endpoints:write", "change endpoints"),
  "endpoint.pause": rule(WORKERS, "endpoints:write", "pause endpoints"),
  "endpoint.delete": rule(WORKERS, "endpoints:write", "delete endpoints"),
  "endpoint.follow": rule(WORKERS, "endpoints:write", "follow endpoints"),
  "endpoint.claim": rule(ADMINS, "endpoints:write", "claim endpoints"),
  "endpoint.probe_now": rule(WORKERS, "endpoints:write", "start probes"),
  "notice.dismiss": rule(WORKERS, null, "dismiss notices"),
  "credential.describe": rule(WORKERS, "read", "see what kind of credential is stored"),
  "credential.write": rule(ADMINS, "credentials:write", "store or delete credentials"),
  "drift.accept": rule(WORKERS, "drift:write", "accept a tool list as the baseline"),
  "drift.announce": rule(WORKERS, "drift:write", "announce a release"),
  "incident.read": rule(EVERYONE, "read", "see incidents"),
  "incident.respond": rule(WORKERS, "alerts:write", "acknowledge, mute or comment on incidents"),
  "incident.publish": rule(WORKERS, "alerts:write", "publish updates about incidents"),
  "alert.simulate": rule(WORKERS, "alerts:write", "simulate an outage"),
  "sink.list": rule(EVERYONE, "read", "see where alerts go"),
  "sink.write": rule(ADMINS, "sinks:write", "change where alerts go"),
  "rule.read": rule(EVERYONE, "read", "see the rules of alerting"),
  "rule.write": rule(WORKERS, "alerts:write", "change the rules of alerting"),
  "maintenance.write": rule(WORKERS, "alerts:write", "change maintenance windows"),
  "delivery.read": rule(EVERYONE, "read", "see what was sent"),
  "delivery.resend": rule(WORKERS, "alerts:write", "send a message again"),
  "page.write": rule(ADMINS, "pages:write", "change status pages"),
} as const satisfies Readonly<Record<string, Rule>>;

export type Action = keyof typeof RULES;
export const ACTIONS = Object.keys(RULES) as Action[];

/** Who acts: a person by their role, a key by its scopes, an operator of the service, or a job of ours. */
export type Actor =
  | { readonly kind: "member"; readonly userId: string; readonly role: Role }
  | { readonly kind: "api-key"; readonly keyId: string; readonly scopes: readonly Scope[] }
  | { readonly kind: "operator"; readonly operatorId: string }
  | { readonly kind: "system"; readonly job: string };

export type PermissionDecision =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "refused";
      readonly reason: "role-too-low" | "scope-missing" | "not-for-keys";
      /** Whole sentence for the person or the owner of the key: what is missing and who can help. */
      readonly sentence: string;
    };

/** Says whether the actor may do this in the workspace it was authenticated for. Operators and jobs of ours may. */
export function decidePermission(actor: Actor, action: Action): PermissionDecision {
  const { roles, scope, words }: Rule = RULES[action];
  switch (actor.kind) {
    case "operator":
    case "system":
      return { kind: "allowed" };
    case "member":
      return roles.includes(actor.role)
        ? { kind: "allowed" }
        : {
            kind: "refused",
            reason: "role-too-low",
            sentence: `As ${article(actor.role)} you may not ${words}; ask ${whoMay(roles)}.`,
          };
    case "api-key":
      return keyPermission(actor.scopes, { roles, scope, words });
  }
}

function keyPermission(scopes: readonly Scope[], { roles, scope: needed, words }: Rule): PermissionDecision {
  if (needed === null) {
    const who = roles.length === 0 ? `ask ${whoMay(roles)}` : "a person has to, in the dashboard";
    return { kind: "refused", reason: "not-for-keys", sentence: `An API key may not ${words}; ${who}.` };
  }
  return scopes.includes(needed)
    ? { kind: "allowed" }
    : {
        kind: "refused",
        reason: "scope-missing",
        sentence: `This API key may not ${words}: it lacks the scope ${needed}.`,
      };
}

/** Roles that may do this, from most to least; for pages that say who can. */
export const rolesAllowed = (action: Action): readonly Role[] => RULES[action].roles;

/** Scope that an API key needs to do this; null: no key may. */
export const scopeNeeded = (action: Action): Scope | null => RULES[action].scope;

const article = (role: Role) => `${role === "owner" || role === "admin" ? "an" : "a"} ${role}`;

function whoMay(roles: readonly Role[]): string {
  if (roles.length === 0) {
    return "the operators of this installation";
  }
  const words =
    roles.length === 1 ? "the owner" : `an ${roles.filter((role) => role !== "viewer").join(" or ")}`;
  return `${words} of the workspace`;
}
