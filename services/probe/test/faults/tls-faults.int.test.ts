import { describe } from "vitest";
import { testFaults } from "./fault.ts";
import { TLS_FAULTS } from "./tls-faults.ts";

describe("an endpoint whose TLS is not in order", () => testFaults(TLS_FAULTS));
