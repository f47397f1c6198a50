import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClosedFormBuilder } from '../../src/analysis/closed-form.ts';
import { type DocumentOfTerms, policyDocument } from '../../src/analysis/policy-document.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import { Evaluation } from '../../src/evaluation/evaluation.ts';
import { actionName } from '../../src/evaluation/layer-set.ts';
import type { RequestFacts } from '../../src/evaluation/request.ts';
import { rulesOf } from '../../src/evaluation/rule.ts';
import { actionMatches } from '../../src/policy/action-pattern.ts';
import { RolegateError } from '../../src/policy/errors.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { finished } from '../../src/policy/steps.ts';
import { abouts } from './membership.ts';
import { A, ACTIONS, BEARERS, contexts, NOW, PLACES, type World, worlds } from './world.ts';

const CATALOG = {
  services: () => [...new Set(ACTIONS.map((action) => action.service))],
  actionsOf: (service: string) => ACTIONS.filter((action) => action.service === service),
};

const WHERE = { id: 'document', name: null, arn: null };

/** The document of a world, and the actions that it leaves out; null where there is no closed form. */
function documentOf(world: World, request: RequestFacts): DocumentOfTerms | null {
  const builder = new ClosedFormBuilder(world.principal, request, world.home);
  for (const [i, bearer] of world.bearers.entries()) {
    finished(builder.add(bearer, BEARERS[i]?.governed ?? { resources: [], notResources: [] }));
  }
  const form = builder.build();
  const actions = ACTIONS.map((action) => ({
    name: action.name,
    wildcardOnly: action.wildcardOnly,
    set: finished(form.of(action)),
  }));
  try {
    return finished(
      policyDocument(
        actions.filter(({ set }) => set.allow.length > 0),
        CATALOG,
        world.home === null ? null : A,
      ),
    );
  } catch (error) {
    if (error instanceof RolegateError && error.code === 'LIMIT_EXCEEDED') return null;
    throw error;
  }
}

describe('the policy document', () => {
  it('alone allows and denies what all layers together do', () => {
    let documents = 0;
    fc.assert(
      fc.property(worlds, contexts, contexts, (world, given, more) => {
        const said = documentOf(world, { context: given, now: NOW, authority: 'directory' });
        if (said === null) return;
        const { document, partial } = said;
        if (partial.length === 0) documents += 1;
        const rules = rulesOf({ policy: loadPolicy(document, 'identity'), ...WHERE }, 'IDENTITY_POLICY', 0);
        const request: RequestFacts = { context: new Map([...more, ...given]), now: NOW, authority: 'directory' };
        for (const action of ACTIONS) {
          const about = rules.filter(({ statement }) =>
            actionMatches(statement.actions, action.service, actionName(action)),
          );
          for (const [i, place] of world.places.entries()) {
            const allowed = abouts(world.principal, action, place, request).every((resource) => {
              const evaluation = new Evaluation(world.principal, action, resource, request);
              // As the engine applies a policy: what the question leaves unsaid counts against the caller.
              const matching = about.filter((rule) => evaluation.applies(rule));
              return matching.length > 0 && matching.every((rule) => rule.allows);
            });
            const decision = authorize(world.principal, action, place, request);
            const what = `${action.name} on ${PLACES[i]?.arn}`;
            const isLeftOut = partial.includes(action.name);
            expect(allowed, `${what}: ${decision.reason} ${JSON.stringify(document)}`).toBe(
              decision.allowed && !isLeftOut,
            );
          }
        }
      }),
      { numRuns: 120 },
    );
    // Most sets can be said in one policy.
    expect(documents).toBeGreaterThan(80);
  });
});

it('of all actions is made step by step', () => {
  const names = Array.from({ length: 20_000 }, (_, n) => `s${n % 200}:A${n}`);
  const some = { resources: [], notResources: [], conditions: [], statements: [] };
  const sets = [
    { allow: [some], deny: [] },
    { allow: [{ ...some }], deny: [] },
  ] as const;
  const actions = names.map((name, n) => ({ name, wildcardOnly: false, set: sets[n % 2] ?? sets[0] }));
  const services = [...new Set(names.map((name) => name.split(':', 1)[0] ?? ''))];
  const ofService = new Map(
    services.map((service) => [service, names.filter((name) => name.startsWith(`${service}:`))]),
  );
  const catalog = {
    services: () => services,
    actionsOf: (service: string) => (ofService.get(service) ?? []).map((name) => ({ name, wildcardOnly: false })),
  };
  expect(finished(policyDocument(actions, catalog, null)).document).toEqual({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  const count = [...policyDocument(actions, catalog, null)].length;
  // Places and names of the actions, 256 at a time, and each service twice.
  expect(count).toBeGreaterThan((2 * 20_000) / 256 + 2 * 200);
});
