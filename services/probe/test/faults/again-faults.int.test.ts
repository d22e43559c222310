import { describe } from "vitest";
import { AGAIN_FAULTS } from "./again-faults.ts";
import { testFaults } from "./fault.ts";

describe("an endpoint that is asked a second time", () => testFaults(AGAIN_FAULTS));
