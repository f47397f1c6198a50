import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClosedForm, ClosedFormBuilder } from '../../src/analysis/closed-form.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import type { RequestFacts } from '../../src/evaluation/request.ts';
import { finished, type Steps } from '../../src/policy/steps.ts';
import { isMember } from './membership.ts';
import { ACTIONS, BEARERS, contexts, NOW, PLACES, type World, worlds } from './world.ts';

function requestWith(context: RequestFacts['context'], assumes: boolean): RequestFacts {
  return { context, now: NOW, authority: 'directory', assumes };
}

/** What was assumed when the closed form was worked out, no request it speaks of gives. */
const ASSUMED = ['aws:securetransport', 'aws:viaawsservice', 'aws:requestedregion'];

function closedForm(world: World, request: RequestFacts): ClosedForm {
  const builder = new ClosedFormBuilder(world.principal, request, world.home);
  for (const [i, bearer] of world.bearers.entries()) {
    finished(builder.add(bearer, BEARERS[i]?.governed ?? { resources: [], notResources: [] }));
  }
  return builder.build();
}

describe('the closed form', () => {
  it('holds exactly the requests that the engine allows', () => {
    fc.assert(
      fc.property(worlds, contexts, fc.array(contexts, { minLength: 1, maxLength: 4 }), fc.boolean(), (...drawn) => {
        const [world, given, more, assumes] = drawn;
        const form = closedForm(world, requestWith(given, assumes));
        const later = more.map((one) => new Map([...one].filter(([key]) => !assumes || !ASSUMED.includes(key))));
        for (const action of ACTIONS) {
          const set = finished(form.of(action));
          for (const context of [given, ...later.map((one) => new Map([...one, ...given]))]) {
            const request = requestWith(context, assumes);
            for (const [i, place] of world.places.entries()) {
              const decision = authorize(world.principal, action, place, request);
              const member = isMember(set, world.principal, action, place, request);
              expect(member, `${action.name} on ${PLACES[i]?.arn}: ${decision.reason}`).toBe(decision.allowed);
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('finds one allowed request exactly where it holds some', () => {
    fc.assert(
      fc.property(worlds, contexts, (world, given) => {
        const form = closedForm(world, requestWith(given, true));
        for (const action of ACTIONS) {
          const some = finished(form.allowsSome(action, {}, anything));
          expect([action.name, some]).toEqual([action.name, finished(form.of(action)).allow.length > 0]);
        }
      }),
      { numRuns: 150 },
    );
  }, 120_000);
});

function* anything(): Steps<boolean> {
  yield 1;
  return true;
}
