import type { PrincipalFacts } from '../../evaluation/principal.ts';
import { splitArn } from '../../policy/arn.ts';
import { parseRange, rangeHolds } from '../../policy/compare/ip.ts';
import type { ContextKey, ContextValue } from '../../policy/context-key.ts';
import { FIXING_KEYS, isNarrowRange } from '../../policy/public-policy.ts';
import { requiredKey } from '../../policy/shared-providers.ts';
import type { Caller } from './callers.ts';
import type { Named } from './named.ts';

/** Providers of identities that anybody can have. */
const OPEN_PROVIDERS: ReadonlySet<string> = new Set([
  'accounts.google.com',
  'www.amazon.com',
  'graph.facebook.com',
  'cognito-identity.amazonaws.com',
]);

/** Keys that say which network, service, organization, or identity of a provider a request comes from, besides FIXING_KEYS. */
const ORIGIN_KEYS: ReadonlySet<string> = new Set([
  'aws:principalorgpaths',
  'aws:principalorgmasteraccountid',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
  'aws:sourcevpcarn',
  'aws:ec2instancesourcevpc',
]);

const ACCOUNT = 4;

/** What requests of strangers can look like: of somebody whom the document does not name and who is in none of its accounts. */
export class Strangers {
  readonly #named: Named;
  readonly #accounts: ReadonlySet<string>;
  readonly #values = new Map<string, readonly string[]>();

  /** `accounts`: those that the document does not name. */
  constructor(named: Named, accounts: readonly string[]) {
    this.#named = named;
    this.#accounts = new Set(accounts);
    for (const { condition } of named.conditions) {
      const { name } = condition.key;
      this.#values.set(name, [...(this.#values.get(name) ?? []), ...condition.values]);
    }
  }

  /** AWS's services are none: they act for an account. */
  is({ prepared: { facts } }: Caller): boolean {
    if (facts.kind === 'service') return false;
    if (facts.kind === 'anonymous') return facts.federatedProvider === undefined || isOpen(facts.federatedProvider);
    return this.#accounts.has(facts.accountId) && facts.canonicalUser === undefined && !this.#isNamed(facts);
  }

  #isNamed(facts: PrincipalFacts): boolean {
    return 'arn' in facts && this.#named.principals.some((named) => named.kind === 'arn' && named.arn === facts.arn);
  }

  /** Whether a stranger's request can have the value: not one that the document fixes for an origin. */
  canHave(key: ContextKey, value: ContextValue | undefined): boolean {
    if (value === undefined) return true;
    const fixed = this.#values.get(key.name) ?? [];
    if (key.name === 'aws:sourceip' || key.name === 'aws:vpcsourceip')
      return [value].flat().every((one) => !isWithinNarrow(one, fixed));
    const isIdentity = isIdentityKey(key.name);
    if (!FIXING_KEYS.has(key.name) && !ORIGIN_KEYS.has(key.name) && !isIdentity) return true;
    const owner = isIdentity ? IDENTITY_OWNER : OWNER;
    return [value].flat().every((one) => !fixed.some((pattern) => fixes(pattern, one, owner)));
  }
}

/** A provider with one issuer for all of its customers, so that its name alone says nothing. */
function isOpen(provider: string): boolean {
  return OPEN_PROVIDERS.has(provider) || requiredKey(provider) !== null;
}

/**
 * A claim of a provider that says whose identity it is: `accounts.google.com:aud`. Of a provider that all of its customers share, the
 * one that AWS asks for: `token.actions.githubusercontent.com:sub`.
 */
function isIdentityKey(name: string): boolean {
  const provider = name.slice(0, Math.max(0, name.lastIndexOf(':')));
  if (!/[./]/.test(provider)) return false;
  const required = requiredKey(provider);
  return required === null || required.toLowerCase() === name;
}

/**
 * Whether a value of the document limits the key to one origin, and `value` is of it: the text without wildcards, or what stands
 * before the first wildcard if that says whose it is: the account in an ARN, an organization, the unique id of a role, an owner.
 */
function fixes(pattern: string, value: string, owner: RegExp): boolean {
  if (!/[*?]|\$\{/.test(pattern)) return pattern.toLowerCase() === value.toLowerCase();
  const account = splitArn(pattern)[ACCOUNT] ?? '';
  if (/^\d{12}$/.test(account)) return splitArn(value)[ACCOUNT] === account;
  const start = owner.exec(pattern)?.[0];
  return start !== undefined && value.startsWith(start);
}

/** `o-exampleorg1/`, `AROAEXAMPLE1:` */
const OWNER = /^(?:o-[a-z0-9]+\/|A(?:ROA|IDA)[A-Z0-9]{4,}:?)/;
/** `repo:octo-org/`, `organization:acme:` */
const IDENTITY_OWNER = /^[a-z_]+:[^*?$/:]+[/:]/;

function isWithinNarrow(address: string, ranges: readonly string[]): boolean {
  const given = parseRange(address);
  return ranges.some((text) => {
    const range = parseRange(text);
    return given !== null && range !== null && isNarrowRange(text) && rangeHolds(given, range);
  });
}
