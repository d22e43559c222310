import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { REDIRECT_FAULTS } from "./redirect-faults.ts";

describe("an endpoint that sends the probe elsewhere", () => testFaults(REDIRECT_FAULTS));
