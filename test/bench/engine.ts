import type { AttachedPolicy, ControlLevel } from '../../src/evaluation/applicable-policies.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import type { Decision } from '../../src/evaluation/decision.ts';
import {
  type PreparedPrincipal,
  type PreparedResource,
  preparePolicies,
  preparePrincipal,
  prepareResource,
} from '../../src/evaluation/prepare.ts';
import { readContext } from '../../src/evaluation/read-context.ts';
import type { ActionFacts, RequestContext, RequestFacts } from '../../src/evaluation/request.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { controlLevel } from '../support/control-level.ts';
import { accountId, type BenchRequest, NOW, type World } from './world.ts';

/** The engine used as the gateway uses it: documents compiled once and shared, principals and resources prepared. */
export interface Engine {
  readonly principals: readonly PreparedPrincipal[];
  readonly resources: readonly PreparedResource[];
}

const attach = (text: string, kind: PolicyKind, id: string): AttachedPolicy => ({
  policy: loadPolicy(text, kind),
  id,
  name: id,
  arn: null,
});

/** Texts of all documents, which is what a store holds. */
export function textsOf(world: World): {
  readonly policies: readonly string[];
  readonly scp: readonly (readonly (readonly string[])[])[];
  readonly resources: readonly (string | null)[];
} {
  return {
    policies: world.policies.map((one) => JSON.stringify(one)),
    scp: world.scp.map((levels) => levels.map((level) => level.map((one) => JSON.stringify(one)))),
    resources: world.resources.map(({ policy }) => (policy === null ? null : JSON.stringify(policy))),
  };
}

export function prepareEngine(world: World, texts: ReturnType<typeof textsOf>): Engine {
  const shared = new Map<string, AttachedPolicy>();
  const control = (text: string): AttachedPolicy => {
    const known = shared.get(text) ?? attach(text, 'scp', 'p-1');
    shared.set(text, known);
    return known;
  };
  const policies = texts.policies.map((text, i) => attach(text, 'identity', `policy-${i}`));
  const levels = texts.scp.map((account): ControlLevel[] =>
    account.map((level, i) => controlLevel(`level-${i}`, level.map(control))),
  );
  const policyAt = (i: number): AttachedPolicy => policies[i] as AttachedPolicy;
  const principals = world.principals.map(({ facts, attached, boundary, account }) => {
    const source = {
      identity: attached.map(policyAt),
      boundary: boundary === null ? null : policyAt(boundary),
      serviceControl: levels[account] ?? null,
    };
    return preparePrincipal(facts, preparePolicies(source), null);
  });
  const held = new Map<number, AttachedPolicy>();
  const resources = world.resources.map(({ arn, account, holder }, i) => {
    const text = texts.resources[i] ?? null;
    const policy =
      text === null ? null : ((holder === undefined ? undefined : held.get(holder)) ?? attach(text, 'resource', arn));
    if (holder !== undefined && policy !== null) held.set(holder, policy);
    return prepareResource({
      arn,
      accountId: accountId(account),
      organization: null,
      tags: {},
      policy,
      policyBindings: {},
      resourceControl: null,
    });
  });
  return { principals, resources };
}

/** A request as the gateway hands it to the engine. */
export interface Question {
  readonly principal: PreparedPrincipal;
  readonly action: ActionFacts;
  readonly resource: PreparedResource;
  readonly facts: RequestFacts;
}

/** Made before anything is measured, as every competitor's requests are. */
export function questionsOf(engine: Engine, requests: readonly BenchRequest[]): readonly Question[] {
  const read = new Map<RequestContext, RequestContext>();
  return requests.map(({ principal, action, resource, context }) => {
    // Those of a batch share one context.
    const known = read.get(context) ?? readContext(context);
    read.set(context, known);
    return {
      principal: engine.principals[principal] as PreparedPrincipal,
      action,
      resource: engine.resources[resource] as PreparedResource,
      facts: { context: known, now: NOW, authority: 'directory' },
    };
  });
}

export function ask({ principal, action, resource, facts }: Question): Decision {
  return authorize(principal, action, resource, facts);
}

/** Reads the effect of a decision. */
export function effectOf(decision: Decision): number {
  return decision.allowed ? 1 : 0;
}

/** Reads the effect, the layer and the statements of a decision. */
export function statementsOf({ allowed, deniedBy, matchedStatements }: Decision): number {
  return matchedStatements.length + (deniedBy === null ? 1 : 0) + (allowed ? 1 : 0);
}

/** Reads everything that a decision says of the layers. */
export function explanationOf(decision: Decision): number {
  const { reason, layers, matchedStatements, missingContextKeys } = decision;
  let found = reason.length + matchedStatements.length + missingContextKeys.length;
  for (const layer of layers) found += layer.matchedStatements.length;
  return found;
}

/**
 * The same requests as batches: as soon as a principal has asked `size` times, these are one batch, in the context of its
 * first request. What then remains is left out.
 */
export function batches(world: World, size: number): readonly BenchRequest[] {
  const waiting = new Map<number, BenchRequest[]>();
  const batched: BenchRequest[] = [];
  for (const request of world.requests) {
    const batch = waiting.get(request.principal) ?? [];
    waiting.set(request.principal, batch);
    batch.push({ ...request, context: batch[0]?.context ?? request.context });
    if (batch.length < size) continue;
    batched.push(...batch);
    waiting.delete(request.principal);
  }
  return batched;
}
