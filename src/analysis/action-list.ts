/** Names of all actions there are, by service. */
export interface ActionCatalog {
  services(): readonly string[];
  actionsOf(service: string): readonly { readonly name: string }[];
}

/** The actions as Action or NotAction of a statement, whichever is shorter; services whose every action is meant as `s3:*`. */
export function nameActions(
  names: readonly string[],
  catalog: ActionCatalog,
): { readonly Action: string | readonly string[] } | { readonly NotAction: string | readonly string[] } {
  const wanted = new Set(names);
  const listed: string[] = [];
  const others: string[] = [];
  for (const service of catalog.services()) {
    const all = catalog.actionsOf(service).map((action) => action.name);
    const inside = all.filter((name) => wanted.has(name));
    if (all.length === 0) continue;
    if (inside.length === all.length) listed.push(`${service}:*`);
    else {
      listed.push(...inside);
      if (inside.length === 0) others.push(`${service}:*`);
      else others.push(...all.filter((name) => !wanted.has(name)));
    }
  }
  if (others.length === 0) return { Action: '*' };
  return others.length < listed.length ? { NotAction: oneOrAll(others) } : { Action: oneOrAll(listed) };
}

function oneOrAll(texts: readonly string[]): string | readonly string[] {
  const [first] = texts;
  return texts.length === 1 && first !== undefined ? first : texts;
}
