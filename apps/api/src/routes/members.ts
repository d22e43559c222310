import { inviteMember } from "@alivemcp/actions/invitations/invite-member";
import { listInvitations } from "@alivemcp/actions/invitations/list-invitations";
import { resendInvitation } from "@alivemcp/actions/invitations/resend-invitation";
import { revokeInvitation } from "@alivemcp/actions/invitations/revoke-invitation";
import { changeRole } from "@alivemcp/actions/members/change-role";
import { listMembers } from "@alivemcp/actions/members/list-members";
import { removeMember } from "@alivemcp/actions/members/remove-member";
import { INVITED_ROLES } from "@alivemcp/core/invitation";
import { ROLES } from "@alivemcp/core/permissions";
import type { InvitationRow } from "@alivemcp/db/queries/invitations";
import type { MemberRow } from "@alivemcp/db/queries/members";
import { createRoute, z } from "@hono/zod-openapi";
import type { Deps } from "../deps.ts";
import { answer, empty, jsonBody, needs, scopeProblems, writeHeaders } from "../open-api/answers.ts";
import { createRouter } from "../open-api/router.ts";

const tags = ["Members"];
const memberParam = z.object({ member: z.string().describe("The person's id.") });
const invitationParam = z.object({ invitation: z.string().describe("The invitation's id.") });
const roleSchema = z.enum(ROLES, { error: "A role is one of owner, admin, member and viewer." });
const invitedRoleSchema = z.enum(INVITED_ROLES, { error: "People are invited as admin, member or viewer." });

const memberSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    email: z.string(),
    role: roleSchema,
    has_second_factor: z.boolean(),
    joined_at: z.iso.datetime(),
  })
  .openapi("Member");

const invitationSchema = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    role: invitedRoleSchema,
    invited_by: z.uuid().nullable().describe("Null: an API key did, or the person is gone."),
    created_at: z.iso.datetime(),
    sent_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
  })
  .openapi("Invitation");

const list = createRoute({
  method: "get",
  path: "/members",
  operationId: "listMembers",
  tags,
  summary: "List the members",
  description: "The owner first. A plan bounds how many there are, so there is one page.",
  ...needs("member.list"),
  responses: {
    200: answer("Everybody.", z.strictObject({ items: z.array(memberSchema) }).openapi("Members")),
    ...scopeProblems(),
  },
});

const change = createRoute({
  method: "patch",
  path: "/members/{member}",
  operationId: "changeRole",
  tags,
  summary: "Give a member another role",
  description: "They are signed out everywhere. Ownership is handed over in the dashboard, by the owner.",
  ...needs("member.change_role"),
  request: {
    params: memberParam,
    headers: writeHeaders,
    body: jsonBody(z.strictObject({ role: roleSchema })),
  },
  responses: {
    200: answer("The member.", memberSchema),
    ...scopeProblems("invalid", "not_found", "conflict"),
  },
});

const remove = createRoute({
  method: "delete",
  path: "/members/{member}",
  operationId: "removeMember",
  tags,
  summary: "Remove a member",
  description: "They are signed out everywhere. API keys they made stay.",
  ...needs("member.remove"),
  request: { params: memberParam, headers: writeHeaders },
  responses: { 204: empty("They no longer belong to it."), ...scopeProblems("not_found", "conflict") },
});

const listInvited = createRoute({
  method: "get",
  path: "/invitations",
  operationId: "listInvitations",
  tags,
  summary: "List open invitations",
  description: "Expired ones included, oldest first.",
  ...needs("member.list"),
  responses: {
    200: answer("All of them.", z.strictObject({ items: z.array(invitationSchema) }).openapi("Invitations")),
    ...scopeProblems(),
  },
});

const invite = createRoute({
  method: "post",
  path: "/invitations",
  operationId: "inviteMember",
  tags,
  summary: "Invite somebody",
  description: "By mail, with a link that works once within 7 days.",
  ...needs("member.invite"),
  request: {
    headers: writeHeaders,
    body: jsonBody(
      z.strictObject({
        email: z.string({ error: "Give the e-mail address." }).max(320),
        role: invitedRoleSchema,
      }),
    ),
  },
  responses: {
    201: answer("The invitation.", invitationSchema),
    ...scopeProblems("invalid", "limit_reached", "conflict"),
  },
});

const resend = createRoute({
  method: "post",
  path: "/invitations/{invitation}/resend",
  operationId: "resendInvitation",
  tags,
  summary: "Send an invitation again",
  description: "With a new link and 7 new days; the link before stops working.",
  ...needs("member.invite"),
  request: { params: invitationParam, headers: writeHeaders },
  responses: {
    200: answer("The invitation.", invitationSchema),
    ...scopeProblems("limit_reached", "not_found", "conflict"),
  },
});

const revoke = createRoute({
  method: "delete",
  path: "/invitations/{invitation}",
  operationId: "revokeInvitation",
  tags,
  summary: "Take an invitation back",
  ...needs("member.invite"),
  request: { params: invitationParam, headers: writeHeaders },
  responses: { 204: empty("Its link stopped working."), ...scopeProblems("not_found", "conflict") },
});

/** `/v1/members` and `/v1/invitations`: who belongs to the workspace. */
export function memberRoutes(deps: Deps) {
  return createRouter()
    .openapi(list, async (c) => {
      const rows = await listMembers(deps, c.var.caller);
      return c.json({ items: rows.map(memberJson) }, 200);
    })
    .openapi(change, async (c) => {
      const { role } = c.req.valid("json");
      const member = await changeRole(deps, c.var.caller, { userId: c.req.valid("param").member, role });
      return c.json(memberJson(member), 200);
    })
    .openapi(remove, async (c) => {
      await removeMember(deps, c.var.caller, c.req.valid("param").member);
      return c.body(null, 204);
    })
    .openapi(listInvited, async (c) => {
      const rows = await listInvitations(deps, c.var.caller);
      return c.json({ items: rows.map(invitationJson) }, 200);
    })
    .openapi(invite, async (c) =>
      c.json(invitationJson(await inviteMember(deps, c.var.caller, c.req.valid("json"))), 201),
    )
    .openapi(resend, async (c) => {
      const invitation = await resendInvitation(deps, c.var.caller, c.req.valid("param").invitation);
      return c.json(invitationJson(invitation), 200);
    })
    .openapi(revoke, async (c) => {
      await revokeInvitation(deps, c.var.caller, c.req.valid("param").invitation);
      return c.body(null, 204);
    });
}

const memberJson = (row: MemberRow): z.infer<typeof memberSchema> => ({
  id: row.userId,
  name: row.name,
  email: row.email,
  role: row.role,
  has_second_factor: row.hasSecondFactor,
  joined_at: row.joinedAt.toISOString(),
});

const invitationJson = (row: InvitationRow): z.infer<typeof invitationSchema> => ({
  id: row.id,
  email: row.email,
  role: row.role,
  invited_by: row.invitedBy,
  created_at: row.createdAt.toISOString(),
  sent_at: row.sentAt.toISOString(),
  expires_at: row.expiresAt.toISOString(),
});
