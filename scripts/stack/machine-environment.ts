/** What of this machine's environment a process may need; secrets of the person who typed the command are not among it. */
export function machineEnvironment(): Record<string, string> {
  const names = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "NODE_EXTRA_CA_CERTS", "NODE_COMPILE_CACHE"];
  const found = names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  // One arena instead of eight per core: idle processes give their memory back.
  return { ...Object.fromEntries(found), MALLOC_ARENA_MAX: "1", NODE_ENV: "production" };
}
