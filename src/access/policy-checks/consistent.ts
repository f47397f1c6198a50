import type { Clause, Literal } from '../../analysis/grants/clauses.ts';
import type { PrincipalFacts } from '../../evaluation/principal.ts';
import type { ContextValue } from '../../policy/context-key.ts';
import type { Steps } from '../../policy/steps.ts';
import { type AnyValue, limits, type Pair, pairsAmong, strangersPairs } from './dependent-keys.ts';

/** A key that is chosen, and what is chosen from. */
interface Chosen {
  readonly key: { readonly name: string };
  readonly values: readonly AnyValue[];
}

/** Requests of one caller, of which the values of keys are to be chosen. */
export interface OpenRequests {
  readonly caller: PrincipalFacts;
  /** The owner of each resource; null: it is not known. */
  readonly owners: readonly (string | null)[];
  /** The first dimension of a choice is the resource, then come these. */
  readonly keys: readonly Chosen[];
  /** Keys with a value already, by name. */
  readonly settled: ReadonlyMap<string, ContextValue | undefined>;
  /** They are requests of strangers, who own no resource that counts, and are in no organization of its owner. */
  readonly byStrangers: boolean;
}

/** Values of a key. Dimension null: there is one, which is settled. */
interface Values {
  readonly dimension: number | null;
  readonly list: readonly AnyValue[];
}

/**
 * What no request has together, since some keys say different things about the same, or about who calls: each of these clauses has to
 * fail. A value stands for all that statements treat alike, so that others of them may go together where these do not.
 */
export function* impossible({ caller, owners, keys, settled, byStrangers }: OpenRequests): Steps<readonly Clause[]> {
  const account = 'accountId' in caller ? caller.accountId : null;
  const own: Literal = { dimension: 0, holds: owners.map((owner) => owner !== null && owner === account) };
  const values = new Map<string, Values>();
  for (const [name, value] of settled) values.set(name, { dimension: null, list: [value] });
  for (const [i, { key, values: list }] of keys.entries()) values.set(key.name, { dimension: i + 1, list });
  const clauses: Clause[] = byStrangers ? [[own]] : [];
  for (const [name, { dimension, list }] of values) {
    const fits = limits(name, caller, byStrangers);
    const holds = fits === null ? [] : list.map((value) => !fits(value));
    if (holds.some(Boolean)) clauses.push(literalOf(dimension, holds));
  }
  const names = [...values.keys()];
  for (const pair of [...pairsAmong(names), ...(byStrangers ? strangersPairs(names) : [])]) {
    const [one, other] = [values.get(pair.one), values.get(pair.other)];
    if (one === undefined || other === undefined) continue;
    yield one.list.length * other.list.length;
    const within = pair.isWithinAccount === true ? [own] : [];
    for (const clause of apart(one, other, pair)) clauses.push([...within, ...clause]);
  }
  return clauses;
}

/** The values of two keys that do not go together, those that go with the same values in one clause. */
function apart(one: Values, other: Values, { agree }: Pair): readonly Clause[] {
  const alike = new Map<string, { readonly holds: boolean[]; readonly bad: readonly boolean[] }>();
  for (const [i, value] of one.list.entries()) {
    const bad = other.list.map((each) => !agree(value, each));
    if (!bad.includes(true)) continue;
    const same = alike.get(bad.join()) ?? { holds: one.list.map(() => false), bad };
    same.holds[i] = true;
    alike.set(bad.join(), same);
  }
  return [...alike.values()].map(({ holds, bad }) => [
    ...literalOf(one.dimension, holds),
    ...literalOf(other.dimension, bad),
  ]);
}

/** Of what is settled, nothing is to be chosen. */
function literalOf(dimension: number | null, holds: readonly boolean[]): readonly Literal[] {
  return dimension === null ? [] : [{ dimension, holds }];
}
