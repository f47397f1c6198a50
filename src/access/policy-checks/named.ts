import type { Ruled } from '../../analysis/grants/covers.ts';
import { splitArn } from '../../policy/arn.ts';
import type { Condition } from '../../policy/condition.ts';
import { globOf } from '../../policy/pattern.ts';
import type { NamedPrincipal } from '../../policy/principal-element.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import { isPartition, PARTITIONS, regionsOf } from '../../policy/regions.ts';

const ACCOUNT = 4;
const PARTITION = 1;
const ACCOUNT_IN_TEXT = /(?<!\d)\d{12}(?!\d)/g;

/** The names in documents that tell requests apart. */
export interface Named {
  readonly accounts: ReadonlySet<string>;
  readonly partitions: readonly string[];
  readonly principals: readonly NamedPrincipal[];
  readonly conditions: readonly { readonly condition: Condition; readonly variables: boolean }[];
  /** Some statement has NotPrincipal. */
  readonly excepts: boolean;
}

export function namedIn(statements: readonly Ruled[], more: readonly string[] = []): Named {
  const accounts = new Set<string>();
  const partitions = new Set<string>();
  const principals = new Map<string, NamedPrincipal>();
  let excepts = false;
  const read = (text: string): void => {
    for (const id of text.match(ACCOUNT_IN_TEXT) ?? []) accounts.add(id);
    const partition = splitArn(text)[PARTITION] ?? '';
    if (isPartition(partition)) partitions.add(partition);
  };
  for (const { statement } of statements) {
    for (const named of statement.principal?.named ?? []) {
      principals.set(JSON.stringify(named), named);
      if (named.kind === 'account') accounts.add(named.accountId);
      if (named.kind === 'account' && named.partition !== null) partitions.add(named.partition);
      if (named.kind === 'arn') read(named.arn);
    }
    excepts ||= statement.principal?.negated === true;
    for (const { parts } of statement.resources?.patterns ?? []) {
      if (isAccountId(parts[ACCOUNT] ?? '')) accounts.add(parts[ACCOUNT] ?? '');
      const written = parts[PARTITION] ?? '';
      if (parts.length > ACCOUNT && /[*?]/.test(written)) {
        const glob = globOf(written);
        for (const partition of PARTITIONS.slice(0, FEW_PARTITIONS))
          if (glob.matches(partition)) partitions.add(partition);
      } else if (isPartition(written)) partitions.add(written);
    }
    for (const { key, values } of statement.conditions) {
      values.forEach(read);
      if (key.name === 'aws:requestedregion' || key.name === 'ec2:region')
        for (const value of values) for (const partition of partitionsOf(value)) partitions.add(partition);
    }
  }
  more.forEach(read);
  const conditions = statements.flatMap(({ statement, variables }) =>
    statement.conditions.map((condition) => ({ condition, variables })),
  );
  return {
    accounts,
    partitions: partitions.size === 0 ? ['aws'] : [...partitions],
    principals: [...principals.values()],
    conditions,
    excepts,
  };
}

/** Those with a Region that the pattern matches. */
function partitionsOf(pattern: string): readonly string[] {
  if (/^\*+$/.test(pattern)) return [];
  const glob = globOf(pattern);
  return PARTITIONS.filter((partition) => regionsOf(partition).some((region) => glob.matches(region)));
}

/** Partitions that stand for all where a pattern matches several. */
const FEW_PARTITIONS = 2;

/** The first of these accounts that no document names. */
export function freshAccount(named: Named, not: readonly string[] = []): string {
  for (let i = 0; ; i += 1) {
    const id = FRESH[i] ?? String(700_000_000_000 + i);
    if (!named.accounts.has(id) && !not.includes(id)) return id;
  }
}

const FRESH = ['123456789012', '210987654321', '345678901234', '456789012345'];
