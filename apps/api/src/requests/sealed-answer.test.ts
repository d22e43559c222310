import { expect, test } from "vitest";
import { type AnswerSecret, openAnswer, sealAnswer } from "./sealed-answer.ts";

const secret: AnswerSecret = {
  presentedKey: "amk_live_00000000_key",
  tenantId: "t1",
  key: "k1",
  requestHash: "h1",
};
const answer = { headers: { etag: '"x"' }, body: '{"key":"amk_live_once"}' };

test("an answer is opened with what it was sealed under", () => {
  const sealed = sealAnswer(answer, secret);
  expect(openAnswer(sealed, secret)).toEqual(answer);
  expect(sealed.includes("amk_live_once")).toBe(false);
});

test.each(["presentedKey", "tenantId", "key", "requestHash"] as const)(
  "an answer is not opened with another %s",
  (name) => {
    const sealed = sealAnswer(answer, secret);
    expect(() => openAnswer(sealed, { ...secret, [name]: "other" })).toThrow();
  },
);

test("an answer that was changed is not opened", () => {
  const sealed = sealAnswer(answer, secret);
  for (const at of [0, 12, sealed.length - 1]) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(() => openAnswer(changed, secret)).toThrow();
  }
});
