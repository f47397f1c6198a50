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
import type { RequestFacts } from '../../src/evaluation/request.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
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
    account.map((level, i) => ({ target: `level-${i}`, policies: level.map(control) })),
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
  const resources = world.resources.map(({ arn, account }, i) => {
    const text = texts.resources[i] ?? null;
    const policy = text === null ? null : attach(text, 'resource', arn);
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

export function ask(engine: Engine, request: BenchRequest): Decision {
  const facts: RequestFacts = { context: request.context, now: NOW, authority: 'directory' };
  return authorize(
    engine.principals[request.principal] as PreparedPrincipal,
    request.action,
    engine.resources[request.resource] as PreparedResource,
    facts,
  );
}

/** Reads the layer and the statements of a decision. */
export function statementsOf(decision: Decision): number {
  return decision.matchedStatements.length + (decision.deniedBy === null ? 1 : 0);
}

/** Reads everything that a decision says of the layers. */
export function explanationOf(decision: Decision): number {
  const { reason, layers, matchedStatements } = decision;
  let found = reason.length + matchedStatements.length;
  for (const layer of layers) found += layer.matchedStatements.length;
  return found;
}

/** The same requests in batches of one principal that asks about many resources: how a list is filtered. */
export function batches(world: World, size: number): readonly BenchRequest[] {
  return world.requests.map((request, i) => ({
    principal: world.requests[i - (i % size)]?.principal ?? 0,
    resource: request.resource,
    action: request.action,
    context: request.context,
  }));
}
