/** Against a receiver that keeps the contract of the api's internal port. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openTestInternalPort,
  TEST_CALLER,
  type TestInternalPort,
} from "../../test/open-test-internal-port.ts";
import { createSinkSecrets } from "./sink-secrets.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
let port: TestInternalPort;
beforeAll(async () => {
  port = await openTestInternalPort();
});
afterAll(() => port.close());

const rotate = () => createSinkSecrets(port.config).rotate(TEST_CALLER, "a/b");

test("says who asks and for which sink, and hands the secret on", async () => {
  port.answer = { status: 200, body: JSON.stringify({ secret: SECRET }) };
  expect(await rotate()).toEqual({ secret: SECRET });
  expect(port.seen.at(-1)).toEqual({
    method: "POST",
    path: "/internal/sinks/a%2Fb/secret",
    caller: TEST_CALLER,
    body: "",
  });
});

test("passes a refusal on with its sentence", async () => {
  port.answer = { status: 409, body: '{"code":"conflict","detail":"Only a webhook has a secret."}' };
  await expect(rotate()).rejects.toMatchObject({ code: "conflict", public: "Only a webhook has a secret." });
});

test.each([
  ["fails", { status: 500, body: '{"code":"internal","detail":"x"}' }],
  ["answers something that is no secret", { status: 200, body: '{"secret":"<script>"}' }],
])(
  "says that the present secret goes on when the port %s, and quotes nothing of it",
  async (_name, given) => {
    port.answer = given;
    const refusal = await rotate().catch((err: unknown) => err);
    expect(refusal).toMatchObject({ code: "upstream", public: expect.stringContaining("goes on signing") });
    expect(String(refusal)).not.toContain("script");
  },
);
