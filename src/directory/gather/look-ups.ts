import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import type { PreparedPrincipal, PreparedRole } from '../../evaluation/prepare.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import type { AccountOrganization, Gathered, Known, KnownEndpoint, KnownResource, Revision } from '../directory.ts';
import type { KnowledgeLayer } from '../document.ts';
import type { RoleSessionRecord } from '../stores/session-store.ts';
import { type AccountFacts, organizationOf } from './account-facts.ts';
import type { BuiltFederated } from './build-federated.ts';
import {
  type BuiltRole,
  type BuiltSession,
  type BuiltSessions,
  gapsIn,
  unstoredPrincipal,
} from './build-principals.ts';
import { resourceKey } from './wanted.ts';

/**
 * Look-ups in entries by key, all of one revision. The first word of a key names the kind of its entry: `build` in load.ts,
 * the only place that makes entries, and the casts below must agree.
 */
export abstract class LookUps implements Gathered {
  abstract readonly revision: Revision;
  /** The instant that decides which sessions are live; null: all that have not ended. */
  protected readonly now: number | null;

  constructor(now: number | null) {
    this.now = now;
  }

  /** The value under a key. */
  protected abstract entry(key: string): unknown;

  principal(ref: PrincipalRef): Known<PreparedPrincipal> | null {
    switch (ref.kind) {
      case 'user':
      case 'root':
        return this.entry(`${ref.kind} ${ref.arn}`) as Known<PreparedPrincipal> | null;
      case 'role':
        return this.#role(ref.arn)?.principal ?? null;
      case 'roleSession': {
        const sessions = this.#sessions(ref.arn);
        return this.#liveOf(sessions)?.principal ?? sessions.absent;
      }
      case 'federatedUser':
        return this.#federated(ref.arn);
      case 'service':
      case 'anonymous':
        break;
    }
    return unstoredPrincipal(ref);
  }

  role(arn: string): Known<PreparedRole> | null {
    return this.#role(arn)?.role ?? null;
  }

  resource(arn: string, accountId: string | null): KnownResource {
    return this.entry(resourceKey(arn, accountId)) as KnownResource;
  }

  session(ref: PrincipalRef): RoleSessionRecord | null {
    return ref.kind === 'roleSession' ? (this.#liveOf(this.#sessions(ref.arn))?.record ?? null) : null;
  }

  organization(accountId: string): AccountOrganization | null {
    return organizationOf(this.entry(`account ${accountId}`) as AccountFacts);
  }

  endpoint(id: string): KnownEndpoint | null {
    return this.entry(`endpoint ${id}`) as KnownEndpoint | null;
  }

  knows(accountId: string, layer: KnowledgeLayer, service?: string): boolean {
    return (this.entry(`account ${accountId}`) as AccountFacts).knowledge.isComplete(layer, service);
  }

  principalGaps(accountId: string): readonly string[] {
    return gapsIn(this.entry(`account ${accountId}`) as AccountFacts);
  }

  policy(arn: string): AttachedPolicy | null {
    return this.entry(`policy ${arn}`) as AttachedPolicy | null;
  }

  #role(arn: string): BuiltRole | null {
    return this.entry(`role ${arn}`) as BuiltRole | null;
  }

  #sessions(arn: string): BuiltSessions {
    return this.entry(`sessions ${arn}`) as BuiltSessions;
  }

  #liveOf({ sessions }: BuiltSessions): BuiltSession | null {
    const { now } = this;
    return (now === null ? sessions[0] : sessions.find(({ record }) => record.expiresAt > now)) ?? null;
  }

  #federated(arn: string): Known<PreparedPrincipal> {
    const { sessions, absent } = this.entry(`federated ${arn}`) as BuiltFederated;
    const { now } = this;
    const session = now === null ? sessions[0] : sessions.find(({ expiresAt }) => expiresAt > now);
    return session?.principal ?? absent;
  }
}
