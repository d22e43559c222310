import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { HANDSHAKE_FAULTS } from "./handshake-faults.ts";

describe("an endpoint that is well in an era of its own", () => testFaults(HANDSHAKE_FAULTS.greetings));
describe("a modern endpoint", () => testFaults(HANDSHAKE_FAULTS.modern));
describe("a legacy endpoint", () => testFaults(HANDSHAKE_FAULTS.legacy));
