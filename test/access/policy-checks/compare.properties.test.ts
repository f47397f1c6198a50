import * as fc from 'fast-check';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import {
  checkAccessNotGranted,
  checkNoPublicAccess,
  comparePolicies,
} from '../../../src/access/policy-checks/checks.ts';
import type { CheckedRequest } from '../../../src/access/policy-checks/request.ts';
import { simulationOf } from '../../../src/access/policy-checks/scenario.ts';
import { simulationSteps } from '../../../src/access/simulate.ts';
import { type Catalog, openCatalog } from '../../../src/catalog/catalog.ts';
import { RolegateError } from '../../../src/policy/errors.ts';
import { globOf } from '../../../src/policy/pattern.ts';
import type { PolicyKind } from '../../../src/policy/policy-kind.ts';
import { finished } from '../../../src/policy/steps.ts';
import { C, pairs, requestsFor } from './documents.ts';

const NOW = Date.UTC(2026, 10, 27);
/** Requests on each pair of documents. */
const REQUESTS = 60;
const wanted =
  process.env['ROLEGATE_FUZZ_DECISIONS'] ?? { ordinary: 6000, short: 20_000, long: 100_000 }[inject('length')];

let catalog: Catalog;
beforeAll(async () => {
  catalog = await openCatalog();
});

/** Null: the request is refused. */
function isGranted(kind: PolicyKind, document: string, request: CheckedRequest): boolean | null {
  const [answer] = finished(simulationSteps(catalog, simulationOf(kind, document, request), NOW));
  return answer === undefined || answer instanceof RolegateError ? null : answer.decision.allowed;
}

describe('comparing two documents', () => {
  it('says that nothing more is granted only if no request shows the opposite, and shows a request if it says more is', () => {
    const said = { found: 0, none: 0, undecided: 0, unreadable: 0, shown: 0 };
    fc.assert(
      fc.property(
        pairs.chain((pair) =>
          fc.tuple(fc.constant(pair), fc.array(requestsFor(pair.kind), { minLength: REQUESTS, maxLength: REQUESTS })),
        ),
        ([{ kind, before, after }, requests]) => {
          const outcome = finished(comparePolicies({ catalog, now: NOW }, { kind, before, after }));
          said[outcome.kind] += 1;
          if (outcome.kind === 'found') {
            const { witness } = outcome;
            expect(isGranted(kind, after, witness)).toBe(true);
            expect(isGranted(kind, before, witness)).toBe(false);
          }
          if (outcome.kind !== 'none') return;
          for (const request of requests) {
            if (isGranted(kind, after, request) !== true) continue;
            said.shown += 1;
            expect(isGranted(kind, before, request), JSON.stringify([request, [...request.context]])).toBe(true);
          }
        },
      ),
      { numRuns: Math.ceil(Number(wanted) / REQUESTS) },
    );
    expect(said.unreadable).toBe(0);
    expect(said.found).toBeGreaterThan(said.undecided);
    expect(said.none).toBeGreaterThan(said.undecided);
    expect(said.shown).toBeGreaterThan(0);
  }, 600_000);
});

/** What a request says of its origin: the documents can fix it. */
const ORIGINS = new Set(['aws:sourceip', 'aws:sourcearn', 'aws:principalorgid']);

describe('checking one document', () => {
  const runs = { numRuns: Math.ceil(Number(wanted) / REQUESTS / 3) };
  const withRequests = pairs.chain((pair) =>
    fc.tuple(fc.constant(pair), fc.array(requestsFor(pair.kind), { minLength: REQUESTS, maxLength: REQUESTS })),
  );

  it('grants none of the actions on the resources, or shows that it does', () => {
    const action = fc.constantFrom('s3:Get*', 's3:*', 'sqs:SendMessage', 'kms:*', 'sts:Assume*');
    const resource = fc.constantFrom('*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::*/x?', 'arn:aws:sqs:us-east-1:*:*');
    let shown = 0;
    fc.assert(
      fc.property(withRequests, action, resource, ([{ kind, after }, requests], one, other) => {
        const asked = { kind, document: after, actions: [one], resources: [other] };
        const outcome = finished(checkAccessNotGranted({ catalog, now: NOW }, asked));
        const isAsked = (request: Pick<CheckedRequest, 'action' | 'resource'>): boolean =>
          globOf(one).matches(request.action) && globOf(other).matches(request.resource);
        if (outcome.kind === 'found') {
          expect(isGranted(kind, after, outcome.witness)).toBe(true);
          expect(isAsked(outcome.witness)).toBe(true);
        }
        if (outcome.kind !== 'none') return;
        for (const request of requests.filter(isAsked)) {
          shown += 1;
          expect(isGranted(kind, after, request), JSON.stringify([request, [...request.context]])).not.toBe(true);
        }
      }),
      runs,
    );
    expect(shown).toBeGreaterThan(0);
  }, 600_000);

  it('grants strangers nothing, or shows that it does', () => {
    let shown = 0;
    fc.assert(
      fc.property(withRequests, ([{ kind, after }, requests]) => {
        if (kind !== 'resource' && kind !== 'trust') return;
        const outcome = finished(checkNoPublicAccess({ catalog, now: NOW }, { kind, document: after }));
        if (outcome.kind === 'found') {
          expect(isGranted(kind, after, outcome.witness)).toBe(true);
        }
        if (outcome.kind !== 'none') return;
        for (const request of requests) {
          const { principal, federatedProvider } = request.caller;
          const isStranger = 'accountId' in principal ? principal.accountId === C : principal.kind === 'anonymous';
          if (!isStranger || federatedProvider !== undefined) continue;
          const context = new Map([...request.context].filter(([key]) => !ORIGINS.has(key)));
          shown += 1;
          const said = JSON.stringify([request, [...context]]);
          expect(isGranted(kind, after, { ...request, context }), said).not.toBe(true);
        }
      }),
      runs,
    );
    expect(shown).toBeGreaterThan(0);
  }, 600_000);
});
