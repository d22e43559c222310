import { describe } from "vitest";
import { DIAL_FAULTS } from "./dial-faults.ts";
import { testFaults } from "./fault.ts";

describe("an endpoint that cannot be reached", () => testFaults(DIAL_FAULTS));
