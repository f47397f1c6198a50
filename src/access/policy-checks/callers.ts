import { cellsOf } from '../../analysis/cells.ts';
import { patternsOf } from '../../analysis/grants/key-texts.ts';
import { tokensOf } from '../../analysis/wildcard.ts';
import { type PreparedPrincipal, preparePrincipal } from '../../evaluation/prepare.ts';
import { InvalidInput } from '../../policy/errors.ts';
import { readOperator } from '../../policy/operator.ts';
import { ANY_RUN } from '../../policy/pattern.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import type { NamedPrincipal } from '../../policy/principal-element.ts';
import { parsePrincipalRef } from '../../policy/principal-id.ts';
import type { Steps } from '../../policy/steps.ts';
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
 * do not name, in each of which are users and roles that could be anybody's.
 */
export function* callersOf(kind: PolicyKind, named: Named, others: readonly string[]): Steps<Callers> {
  const accounts = [...others, ...named.accounts].slice(0, MOST_ACCOUNTS);
  const maker = new Maker(kind);
  let complete = others.length + named.accounts.size <= MOST_ACCOUNTS && !dividesAccounts(named);
  for (const partition of named.partitions) {
    for (const account of accounts) {
      maker.user(`arn:${partition}:iam::${account}:user/${USER}`);
      maker.role(`arn:${partition}:iam::${account}:role/${ROLE}`);
      complete = (yield* addMatching(maker, named, `arn:${partition}:iam::${account}:`)) && complete;
      if (kind !== 'session' && (named.excepts || tellsTypesApart(named))) {
        maker.other(`arn:${partition}:iam::${account}:root`);
        maker.other(`arn:${partition}:sts::${account}:federated-user/${USER}`);
      }
    }
  }
  if (namesPrincipals(kind)) {
    for (const principal of named.principals) complete = maker.named(principal, others[0] ?? '') && complete;
    maker.other('anonymous');
    maker.service(SERVICE);
    if (kind === 'trust') for (const provider of PROVIDERS) maker.provider(provider);
  }
  return { list: maker.list, complete };
}

/** Users and roles for every set into which conditions on their ARNs and names divide them. */
function* addMatching(maker: Maker, { conditions }: Named, start: string): Steps<boolean> {
  const arns = conditions.filter(({ condition }) => condition.key.name === 'aws:principalarn');
  const names = conditions.filter(({ condition }) => condition.key.name === 'aws:username');
  let complete = true;
  const add = function* (type: string, uses: typeof conditions, make: (arn: string) => void): Steps<void> {
    if (uses.length === 0) return;
    const prefix = type === 'name' ? '' : `${start}${type}/`;
    const patterns = uses.flatMap(({ condition, variables }) =>
      patternsOf(
        { operator: readOperator(condition.operator)?.operator?.name ?? '', values: condition.values, variables },
        NO_VALUES,
      ),
    );
    const cells = yield* cellsOf(tokensOf([prefix, ANY_RUN], false), patterns);
    if (cells === null) complete = false;
    for (const text of cells ?? []) make(type === 'name' ? `${start}user/${text}` : text);
  };
  yield* add('role', arns, (arn) => maker.role(arn));
  yield* add('user', arns, (arn) => maker.user(arn));
  yield* add('name', names, (arn) => maker.user(arn));
  return complete && (arns.length === 0 || names.length === 0);
}

const NO_VALUES = { value: () => undefined };

/** Whether conditions divide accounts by something other than whole ids. */
function dividesAccounts({ conditions }: Named): boolean {
  return conditions.some(({ condition: { key, values, operator } }) => {
    if (key.name === 'aws:principalaccount')
      return /like/i.test(operator) && values.some((value) => /[*?]/.test(value) && !/^\*+$/.test(value));
    return (
      key.name === 'aws:principalarn' &&
      values.some((value) => /^[^:]*:[^:]*:[^:]*:[^:]*:(?:\d+[*?]|[*?]+\d)/.test(value))
    );
  });
}

const ROOT_OR_SESSION = /:root|federated-user|assumed-role/;

function tellsTypesApart({ conditions }: Named): boolean {
  return conditions.some(
    ({ condition: { key, values } }) =>
      key.name === 'aws:principaltype' ||
      (key.name === 'aws:principalarn' && values.some((value) => ROOT_OR_SESSION.test(value))),
  );
}

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
      // That of a principal that was deleted: nobody has it.
      case 'uniqueId':
        return true;
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
