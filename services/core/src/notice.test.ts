import { expect, test } from "vitest";
import { NOTICE_KINDS, noticeSentence } from "./notice.ts";

test.each(NOTICE_KINDS)("%s is told in one sentence that names the endpoint", (kind) => {
  expect(noticeSentence(kind, { name: "Docs" })).toMatch(/^Docs, which you followed, .+\.$/);
});

test("a notice without a name still reads, and one of an unknown kind is left out", () => {
  expect(noticeSentence("followed-endpoint-deleted", {})).toMatch(/^An endpoint, /);
  expect(noticeSentence("from-the-future", { name: "Docs" })).toBeNull();
});
