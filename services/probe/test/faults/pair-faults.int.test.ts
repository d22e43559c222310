import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { PAIR_FAULTS } from "./pair-faults.ts";

describe("the old HTTP+SSE pair", () => testFaults(PAIR_FAULTS));
