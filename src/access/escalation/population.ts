import type { IndexedHolder, IndexedPrincipal, PrincipalIndex } from '../../directory/principals/indexed-principals.ts';
import type { PreparedPrincipal } from '../../evaluation/prepare.ts';
import type { Supposed } from './judge.ts';

/** The users, roles and groups of one account, without service-linked roles. */
export interface Population {
  readonly users: readonly IndexedPrincipal[];
  readonly roles: readonly IndexedPrincipal[];
  readonly groups: readonly IndexedHolder[];
}

/** The user or role that acts. */
export interface Actor {
  readonly arn: string;
  readonly prepared: PreparedPrincipal;
  /** Null: it is as it is. */
  readonly supposed: Supposed | null;
  readonly population: Population;
}

/** Those of every account, put together when they are first needed. */
export class Populations {
  readonly #index: PrincipalIndex;
  readonly #known = new Map<string, Population>();
  readonly #byArn = new Map<string, IndexedPrincipal>();
  readonly #byService = new Map<string, ReadonlySet<IndexedPrincipal>>();

  constructor(index: PrincipalIndex) {
    this.#index = index;
  }

  of(accountId: string): Population {
    const known = this.#known.get(accountId) ?? this.#put(accountId);
    this.#known.set(accountId, known);
    return known;
  }

  /** Null: there is no such user or role. */
  find(arn: string): IndexedPrincipal | null {
    if (this.#byArn.size === 0)
      for (const list of [this.#index.users, this.#index.roles]) for (const one of list) this.#byArn.set(one.arn, one);
    return this.#byArn.get(arn) ?? null;
  }

  /** The roles of an account of which the trust policy names a service. */
  rolesOfService(service: string, accountId: string): readonly IndexedPrincipal[] {
    const all = this.#byService.get(service) ?? this.#index.rolesTrusting({ kind: 'service', service });
    this.#byService.set(service, all);
    return [...all].filter((role) => role.accountId === accountId && !isServiceLinked(role));
  }

  #put(accountId: string): Population {
    const isHere = (one: { readonly accountId: string }): boolean => one.accountId === accountId;
    const prefix = `:iam::${accountId}:`;
    return {
      users: this.#index.users.filter(isHere),
      roles: this.#index.roles.filter((role) => isHere(role) && !isServiceLinked(role)),
      groups: [...this.#index.groups].filter(({ arn }) => arn.includes(prefix)),
    };
  }
}

/** A role that a service made for itself: nobody else can pass, change or take it. */
export function isServiceLinked({ arn }: Pick<IndexedPrincipal, 'arn'>): boolean {
  return arn.includes(':role/aws-service-role/');
}
