import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { HEALTH_FAULTS } from "./health-faults.ts";

describe("an endpoint whose application is asked", () => testFaults(HEALTH_FAULTS));
