import { expect, test } from "vitest";
import { TABLE_ERASURE, type TableErasure } from "./erasure-list.ts";
import { TABLE_EXPORT } from "./export-list.ts";

const erased: Readonly<Record<string, TableErasure>> = TABLE_ERASURE;

test("every table that is erased with a tenant or its endpoints is exported, or says why not", () => {
  const ofTenants = Object.keys(erased).filter((table) =>
    ["tenant", "with-endpoint", "after-endpoint"].includes(erased[table]?.kind ?? ""),
  );
  expect(Object.keys(TABLE_EXPORT).sort()).toEqual(ofTenants.sort());
});
