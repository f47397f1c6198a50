import { cellsOf } from '../../analysis/cells.ts';
import { patternsOf } from '../../analysis/grants/key-texts.ts';
import { tokensOf } from '../../analysis/wildcard.ts';
import { type PreparedPrincipal, preparePrincipal } from '../../evaluation/prepare.ts';
import { splitArn } from '../../policy/arn.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { readOperator } from '../../policy/operator.ts';
import { ANY_RUN } from '../../policy/pattern.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import type { NamedPrincipal } from '../../policy/principal-element.ts';
import { parsePrincipalRef } from '../../policy/principal-id.ts';
import type { Steps } from '../../policy/steps.ts';
import type { Template } from '../../policy/variable.ts';
import { checkCall, type SimulatedCaller, simulatedCaller } from '../simulated-caller.ts';
import type { Named } from './named.ts';
import { namesPrincipals } from './request.ts';

/** A caller of requests that are made up. */
export interface Caller {
  readonly caller: SimulatedCaller;
  readonly prepared: PreparedPrincipal;
}

export interface Callers {
  readonly list: readonly Caller[];
  /** False: some callers are not represented. */
  readonly complete: boolean;
}

/** Accounts whose users and roles are tried; a document that names more is not decided by them. */
const MOST_ACCOUNTS = 60;

/** Of every principal's own. */
const USER = 'someone';
const ROLE = 'SomeRole';
const SESSION = 'session';
/** A service that documents hardly ever name. */
const SERVICE = 'workmail.amazonaws.com';
const PROVIDERS = ['accounts.google.com', 'www.amazon.com', 'graph.facebook.com', 'cognito-identity.amazonaws.com'];

/**
 * Callers of every kind that the documents tell apart: whom they name, others of those accounts, and `others`: accounts that they
 * do not name, in each of which are users and roles that could be anybody's. `onlyOthers`: nobody whom they name counts.
 */
export function* callersOf(
  kind: PolicyKind,
  named: Named,
  others: readonly string[],
  onlyOthers: boolean,
): Steps<Callers> {
  const all = onlyOthers ? others : [...others, ...named.accounts];
  const accounts = all.slice(0, MOST_ACCOUNTS);
  const maker = new Maker(kind);
  let complete = all.length <= MOST_ACCOUNTS && !dividesAccounts(named);
  for (const partition of named.partitions) {
    for (const account of accounts) {
      maker.user(`arn:${partition}:iam::${account}:user/${USER}`);
      maker.role(`arn:${partition}:iam::${account}:role/${ROLE}`);
      complete = (yield* addMatching(maker, named, `arn:${partition}:iam::${account}:`)) && complete;
      if (!named.excepts && !tellsTypesApart(named)) continue;
      maker.root(`arn:${partition}:iam::${account}:root`);
      maker.other(`arn:${partition}:sts::${account}:federated-user/${USER}`);
      complete = (yield* addFederated(maker, named, `arn:${partition}:sts::${account}:federated-user/`)) && complete;
    }
  }
  // The policies of resources, and those that limit them, also count for callers without an identity policy.
  if (namesPrincipals(kind) || kind === 'rcp') {
    for (const principal of named.principals)
      complete =
        (maker.named(principal, others[0] ?? '') || (onlyOthers && principal.kind !== 'federated')) && complete;
    maker.other('anonymous');
    maker.service(SERVICE);
    for (const service of valuesOf(named, OF_SERVICES)) complete = (maker.service(service) || onlyOthers) && complete;
    if (kind === 'trust' || kind === 'rcp') {
      for (const provider of [...PROVIDERS, ...ownProviders(others[0] ?? '')]) maker.provider(provider);
      for (const provider of valuesOf(named, OF_PROVIDERS)) complete = maker.provider(provider) && complete;
    }
  }
  return { list: maker.list, complete };
}

const OF_SERVICES: ReadonlySet<string> = new Set(['aws:principalservicename', 'aws:principalservicenameslist']);
const OF_PROVIDERS: ReadonlySet<string> = new Set(['aws:federatedprovider']);

/** Those with which conditions compare one of these keys. */
function valuesOf({ conditions }: Named, keys: ReadonlySet<string>): readonly string[] {
  return conditions.flatMap(({ condition: { key, values, operator } }) =>
    keys.has(key.name) && operator !== 'Null' ? values : [],
  );
}

/** Providers that an account has made. */
function ownProviders(account: string): readonly string[] {
  return ['saml-provider/SomeProvider', 'oidc-provider/idp.example.com'].map(
    (name) => `arn:aws:iam::${account}:${name}`,
  );
}

/** Users and roles for every set into which conditions on their ARNs and names divide them. */
function* addMatching(maker: Maker, { conditions }: Named, start: string): Steps<boolean> {
  const arns = conditions.filter(({ condition }) => condition.key.name === 'aws:principalarn');
  const names = conditions.filter(({ condition }) => condition.key.name === 'aws:username');
  const roles = yield* addEach(arns, `${start}role/`, NAMELESS, (arn) => maker.role(arn));
  const users = yield* addEach(arns, `${start}user/`, NAMELESS, (arn) => maker.user(arn));
  const byName = yield* addEach(names, '', WITH_SLASH, (name) => maker.user(`${start}user/${name}`));
  return roles && users && byName && (arns.length === 0 || names.length === 0);
}

function* addFederated(maker: Maker, { conditions }: Named, start: string): Steps<boolean> {
  const arns = conditions.filter(({ condition }) => condition.key.name === 'aws:principalarn');
  const slashes = start.split('/').length - 1;
  const nameless: Excluded = {
    pattern: [start, ANY_RUN, '/', ANY_RUN],
    has: (arn) => arn.split('/').length - 1 > slashes,
  };
  return yield* addEach(arns, start, nameless, (arn) => maker.other(arn));
}

/** Texts that are no names, told apart so that a name is found beside them. */
interface Excluded {
  readonly pattern: Template;
  readonly has: (text: string) => boolean;
}

const NAMELESS: Excluded = { pattern: [ANY_RUN, '/'], has: (arn) => arn.endsWith('/') };
const WITH_SLASH: Excluded = { pattern: [ANY_RUN, '/', ANY_RUN], has: (name) => name.includes('/') };

/** A caller for every set into which the conditions divide the texts that begin so. Returns whether each has one. */
function* addEach(
  uses: Named['conditions'],
  prefix: string,
  excluded: Excluded,
  make: (text: string) => boolean,
): Steps<boolean> {
  if (uses.length === 0) return true;
  const patterns = uses.flatMap(({ condition, variables }) =>
    patternsOf(
      { operator: readOperator(condition.operator)?.operator?.name ?? '', values: condition.values, variables },
      NO_VALUES,
    ),
  );
  const all = tokensOf([prefix, ANY_RUN], false);
  const cells = yield* cellsOf(all, [...patterns, tokensOf(excluded.pattern, false)]);
  if (cells === null) return false;
  let complete = true;
  for (const text of cells) if (text !== prefix && !excluded.has(text)) complete = make(text) && complete;
  return complete;
}

const NO_VALUES = { value: () => undefined };

const ACCOUNT_KEY = /:(?:principal|caller|resource)account$/;
const WHOLE_ACCOUNT = /^(?:\d{12}|\*+)$/;

/** Whether conditions divide accounts by something other than whole ids. */
function dividesAccounts({ conditions }: Named): boolean {
  return conditions.some(({ condition: { key, values, operator } }) => {
    if (operator === 'Null') return false;
    if (ACCOUNT_KEY.test(key.name))
      return !(/string/i.test(operator) && values.every((value) => WHOLE_ACCOUNT.test(value)));
    return key.name === 'aws:principalarn' && values.some((value) => dividesIds(value, /arn/i.test(operator)));
  });
}

/** Whether a pattern of ARNs matches some account ids and not others, without naming a whole one. */
function dividesIds(pattern: string, isArn: boolean): boolean {
  if (!/[*?]/.test(pattern)) return false;
  const account = splitArn(pattern)[ACCOUNT] ?? '';
  if (isArn) return account !== '' && !WHOLE_ACCOUNT.test(account);
  // A wildcard of a text crosses colons: what stands beside it can be a part of the id.
  return pattern.split(/[*?]+/).some((run) => /^\d{1,11}(?::|$)|:\d{1,11}$/.test(run));
}

const ACCOUNT = 4;

/** Whether a root user or a federated user can be told from users and roles. */
function tellsTypesApart({ conditions }: Named): boolean {
  return conditions.some(({ condition: { keys } }) =>
    keys.some(({ name, owner }) => BY_TYPE.has(name) || owner === 'mfa'),
  );
}

const BY_TYPE: ReadonlySet<string> = new Set(['aws:principaltype', 'aws:principalarn', 'aws:userid']);

/** Whether AWS takes such a call: one with an identity of a provider is not signed. */
export function canCall({ caller }: Caller, action: { readonly name: string }): boolean {
  try {
    checkCall(caller, action, { path: '' });
    return true;
  } catch (error) {
    if (error instanceof InvalidInput) return false;
    throw error;
  }
}

const OF_IDENTITIES: ReadonlySet<PolicyKind> = new Set(['identity', 'boundary', 'session']);

class Maker {
  readonly #kind: PolicyKind;
  readonly #known = new Map<string, Caller>();

  constructor(kind: PolicyKind) {
    this.#kind = kind;
  }

  get list(): readonly Caller[] {
    return [...this.#known.values()];
  }

  user(arn: string): boolean {
    if (this.#kind === 'session') return true;
    return this.#add(arn, {});
  }

  role(arn: string): boolean {
    const ref = parsePrincipalRef(arn);
    if (ref?.kind !== 'role') return false;
    const name = arn.slice(arn.lastIndexOf('/') + 1);
    const partition = arn.split(':', 2)[1] ?? '';
    const session = `arn:${partition}:sts::${ref.accountId}:assumed-role/${name}/${SESSION}`;
    return this.#add(session, { roleArn: arn });
  }

  other(id: string): boolean {
    return this.#add(id, {});
  }

  /** Root users have neither identity policies nor boundaries nor session policies. */
  root(arn: string): boolean {
    return OF_IDENTITIES.has(this.#kind) || this.#add(arn, {});
  }

  /** Services do not call through VPC endpoints. */
  service(name: string): boolean {
    return this.#kind === 'vpce' || this.#add(name, {});
  }

  provider(federatedProvider: string): boolean {
    return this.#add('anonymous', { federatedProvider });
  }

  /** `account`: one for what has none. Returns whether requests of it can be made up. */
  named(principal: NamedPrincipal, account: string): boolean {
    switch (principal.kind) {
      // Its users and roles are there.
      case 'account':
        return true;
      case 'arn': {
        const kind = parsePrincipalRef(principal.arn)?.kind;
        if (kind === 'role') return this.role(principal.arn);
        return kind === 'user' ? this.user(principal.arn) : this.other(principal.arn);
      }
      // Whose id it is, is not known: a deleted principal's, or of one that AWS would name by its ARN.
      case 'uniqueId':
        return false;
      case 'service':
        return this.service(principal.service);
      case 'federated':
        return this.provider(principal.provider);
      case 'canonicalUser':
        return this.#add(`arn:aws:iam::${account}:user/${USER}`, { canonicalUser: principal.id });
      case 'every':
        return true;
      default:
        return principal satisfies never;
    }
  }

  #add(id: string, more: Partial<SimulatedCaller>): boolean {
    const key = JSON.stringify([id, more]);
    if (this.#known.has(key)) return true;
    const principal = parsePrincipalRef(id);
    if (principal === null) return false;
    const caller: SimulatedCaller = { principal, roleArn: null, tags: {}, ...more };
    try {
      this.#known.set(key, { caller, prepared: preparePrincipal(simulatedCaller(caller, ''), null, null) });
    } catch {
      return false;
    }
    return true;
  }
}
