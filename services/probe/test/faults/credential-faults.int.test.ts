import { describe } from "vitest";
import { CREDENTIAL_FAULTS } from "./credential-faults.ts";
import { testFaults } from "./fault.ts";

describe("an endpoint and its credential", () => testFaults(CREDENTIAL_FAULTS.answers));
describe("a wall, seen by who has a credential", () => testFaults(CREDENTIAL_FAULTS.walls));
describe("an endpoint that repeats its credential", () => testFaults(CREDENTIAL_FAULTS.echoes));
describe("a credential that is renewed", () => testFaults(CREDENTIAL_FAULTS.renewals));
describe("a credential its authorization server refused", () => testFaults(CREDENTIAL_FAULTS.refusals));
