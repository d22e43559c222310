import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../../../db/test/database.ts";
import { addPeople } from "../../test/workspace-people.ts";
import { changeRole } from "../members/change-role.ts";
import { leaveWorkspace } from "../members/leave-workspace.ts";
import { removeMember } from "../members/remove-member.ts";
import { listAudit } from "./list-audit.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const deps = () => ({ pool: database.pool("app") });

test("the log is read newest first, page by page, filtered by who, what and on what, one workspace only", async () => {
  const { ids, as } = await addPeople(database);
  const other = await addPeople(database);
  await leaveWorkspace(deps(), other.as("viewer"));
  await changeRole(deps(), as("owner"), { userId: ids.viewer, role: "member" });
  await changeRole(deps(), as("admin"), { userId: ids.member, role: "viewer" });
  await removeMember(deps(), as("admin"), ids.viewer);
  const list = async (filter: Partial<Parameters<typeof listAudit>[2]>) =>
    (await listAudit(deps(), as("admin"), { beforeId: null, limit: 10, ...filter })).map(
      ({ action, targetId }) => `${action} ${Object.entries(ids).find(([, id]) => id === targetId)?.[0]}`,
    );
  const all = ["member.remove viewer", "member.change_role member", "member.change_role viewer"];
  expect(await list({})).toEqual(all);
  expect(await list({ actorId: ids.owner })).toEqual(all.slice(2));
  expect(await list({ action: "member.change_role" })).toEqual(all.slice(1));
  expect(await list({ action: "member" })).toEqual(all);
  expect(await list({ action: "mem" })).toEqual([]);
  expect(await list({ targetId: ids.viewer })).toEqual([all[0], all[2]]);
  const [first] = await listAudit(deps(), as("admin"), { beforeId: null, limit: 1 });
  expect(await list({ beforeId: first?.id ?? null, limit: 1 })).toEqual([all[1]]);
});
