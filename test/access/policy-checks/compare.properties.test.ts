import * as fc from 'fast-check';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { comparePolicies } from '../../../src/access/policy-checks/checks.ts';
import type { CheckedRequest } from '../../../src/access/policy-checks/request.ts';
import { simulationOf } from '../../../src/access/policy-checks/scenario.ts';
import { simulationSteps } from '../../../src/access/simulate.ts';
import { type Catalog, openCatalog } from '../../../src/catalog/catalog.ts';
import { RolegateError } from '../../../src/policy/errors.ts';
import type { PolicyKind } from '../../../src/policy/policy-kind.ts';
import { finished } from '../../../src/policy/steps.ts';
import { pairs, requestsFor } from './documents.ts';

const NOW = Date.UTC(2026, 10, 27);
/** Requests on each pair of documents. */
const REQUESTS = 60;
const wanted = process.env['ROLEGATE_FUZZ_DECISIONS'] ?? { ordinary: 6000, short: 20_000, long: 100_000 }[inject('length')];

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
        pairs.chain((pair) => fc.tuple(fc.constant(pair), fc.array(requestsFor(pair.kind), { minLength: REQUESTS, maxLength: REQUESTS }))),
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
    if (process.env['SHOW']) console.log(said);
    expect(said.unreadable).toBe(0);
    expect(said.found).toBeGreaterThan(said.undecided);
    expect(said.none).toBeGreaterThan(said.undecided);
    expect(said.shown).toBeGreaterThan(0);
  }, 600_000);
});
