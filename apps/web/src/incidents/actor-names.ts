/** Who answered, from how rows of alerting keep it, with names in place of ids. */
export function actorName(
  key: string | null,
  known: {
    readonly members: readonly { readonly userId: string; readonly name: string }[];
    readonly sinks?: readonly { readonly id: string; readonly name: string }[];
  },
): string | null {
  if (key === null) {
    return null;
  }
  const [kind = "", id = ""] = key.split(" ");
  switch (kind) {
    case "member":
      return known.members.find(({ userId }) => userId === id)?.name ?? "a former member";
    case "api-key":
      return "an API key";
    case "sink":
      return `somebody in ${known.sinks?.find((sink) => sink.id === id)?.name ?? "a channel"}`;
    case "operator":
      return "an operator of AliveMCP";
    default:
      return "AliveMCP";
  }
}
