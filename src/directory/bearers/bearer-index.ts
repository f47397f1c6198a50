import { isClosed } from '../../evaluation/closed-policy.ts';
import type { PreparedResource } from '../../evaluation/prepare.ts';
import { namesIn } from '../../evaluation/principal-names.ts';
import { parseArn } from '../../policy/arn.ts';
import type { CompiledStatement } from '../../policy/statement.ts';

/** Of a bearer, and of each name in its policy, beside their characters. Measured. */
const BEARER_BYTES = 250;
const NAME_BYTES = 130;

interface Bearer {
  readonly arn: string;
  readonly isRole: boolean;
  /** Null: its policy can concern everybody. */
  readonly names: readonly string[] | null;
  /** Bearers, or other resources, that it is inside of. */
  readonly around: readonly string[];
}

/** Bearers by the names in their policies. */
export class BearerIndex {
  readonly #bearers = new Map<string, Bearer>();
  /** Mostly one has a name. */
  readonly #byName = new Map<string, Bearer | Set<Bearer>>();
  readonly #everybody = new Set<Bearer>();
  readonly #inside = new Map<string, Set<string>>();
  #owners: Map<string, string> = new Map();
  /** Somebody has the owners as they are. */
  #ownersGiven = false;
  #weight = 0;

  /** Bytes. */
  get weight(): number {
    return this.#weight;
  }

  get owners(): ReadonlyMap<string, string> {
    this.#ownersGiven = true;
    return this.#owners;
  }

  /** `around`: the other holders of policies about the resource. */
  put(arn: string, value: PreparedResource, isRole: boolean, around: readonly string[]): void {
    this.#put({ arn, isRole, names: namesConcerned(value), around });
    if (value.accountId !== null && parseArn(arn)?.accountId === '') this.#ownersToChange().set(arn, value.accountId);
  }

  /** `names`: those in its trust policy; null: it can concern everybody. */
  putRole(arn: string, names: readonly string[] | null): void {
    this.#put({ arn, isRole: true, names, around: [] });
  }

  #put(bearer: Bearer): void {
    const { arn, around } = bearer;
    this.remove(arn);
    this.#bearers.set(arn, bearer);
    this.#weight += weightOf(bearer);
    if (bearer.names === null) this.#everybody.add(bearer);
    else for (const name of bearer.names) this.#file(name, bearer);
    for (const outer of around) this.#inside.set(outer, (this.#inside.get(outer) ?? new Set<string>()).add(arn));
  }

  remove(arn: string): void {
    const bearer = this.#bearers.get(arn);
    if (bearer === undefined) return;
    this.#bearers.delete(arn);
    this.#weight -= weightOf(bearer);
    this.#everybody.delete(bearer);
    for (const name of bearer.names ?? []) this.#unfile(name, bearer);
    for (const outer of bearer.around) {
      const inside = this.#inside.get(outer);
      if (inside?.delete(arn) === true && inside.size === 0) this.#inside.delete(outer);
    }
    if (this.#owners.has(arn)) this.#ownersToChange().delete(arn);
  }

  concerning(names: Iterable<string>): readonly string[] {
    const found = new Set(this.#everybody);
    for (const name of names) {
      const filed = this.#byName.get(name);
      if (filed instanceof Set) for (const bearer of filed) found.add(bearer);
      else if (filed !== undefined) found.add(filed);
    }
    return [...found].sort(inOrder).map(({ arn }) => arn);
  }

  inside(arn: string): readonly string[] | undefined {
    const inside = this.#inside.get(arn);
    return inside === undefined ? undefined : [...inside].sort();
  }

  #file(name: string, bearer: Bearer): void {
    const filed = this.#byName.get(name);
    if (filed === undefined) this.#byName.set(name, bearer);
    else if (filed instanceof Set) filed.add(bearer);
    else if (filed !== bearer) this.#byName.set(name, new Set([filed, bearer]));
  }

  #unfile(name: string, bearer: Bearer): void {
    const filed = this.#byName.get(name);
    if (filed === bearer) this.#byName.delete(name);
    else if (filed instanceof Set && filed.delete(bearer) && filed.size === 0) this.#byName.delete(name);
  }

  #ownersToChange(): Map<string, string> {
    if (this.#ownersGiven) this.#owners = new Map(this.#owners);
    this.#ownersGiven = false;
    return this.#owners;
  }
}

function inOrder(a: Bearer, b: Bearer): number {
  if (a.isRole !== b.isRole) return a.isRole ? 1 : -1;
  return a.arn < b.arn ? -1 : 1;
}

function weightOf({ arn, names }: Bearer): number {
  return (names ?? []).reduce((sum, name) => sum + NAME_BYTES + name.length, BEARER_BYTES + arn.length);
}

/** The names that a bearer's policies can concern. Null: everybody. So is an access point, whose bucket has a policy of its own that can change without it. */
export function namesConcerned({ facts, grantPolicies }: PreparedResource): readonly string[] | null {
  if (facts.accessPoint !== undefined) return null;
  const names = new Set<string>();
  const add = (statement: CompiledStatement, bindings: typeof facts.policyBindings): boolean => {
    const found = namesIn(statement, bindings);
    for (const name of found ?? []) names.add(name);
    return found !== null;
  };
  if (facts.policy !== null) {
    if (isClosed(facts.policy)) return null;
    for (const statement of facts.policy.policy.statements) if (!add(statement, facts.policyBindings)) return null;
  }
  for (const grant of grantPolicies) {
    if (isClosed(grant)) return null;
    for (const statement of grant.policy.statements) if (!add(statement, {})) return null;
  }
  return [...names];
}
