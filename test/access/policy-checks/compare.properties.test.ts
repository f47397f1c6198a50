import * as fc from 'fast-check';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import {
  checkAccessNotGranted,
  checkNoPublicAccess,
  comparePolicies,
} from '../../../src/access/policy-checks/checks.ts';
import type { CheckedRequest } from '../../../src/access/policy-checks/request.ts';
import { type Catalog, openCatalog } from '../../../src/catalog/catalog.ts';
import { globOf } from '../../../src/policy/pattern.ts';
import { finished } from '../../../src/policy/steps.ts';
import { C, type Pair, pairs, pairsOf, requestsFor } from './documents.ts';
import { isGranted, NOW } from './granted.ts';

/** Requests on each pair of documents. */
const REQUESTS = 60;
const wanted =
  process.env['ROLEGATE_FUZZ_DECISIONS'] ?? { ordinary: 2400, short: 20_000, long: 100_000 }[inject('length')];

let catalog: Catalog;
beforeAll(async () => {
  catalog = await openCatalog();
});

describe('comparing two documents', () => {
  it('says that nothing more is granted only if no request shows the opposite, and shows a request if it says more is', () => {
    const said = { found: 0, none: 0, undecided: 0, unreadable: 0, shown: 0 };
    const property = fc.property(
      pairs.chain((pair) =>
        fc.tuple(fc.constant(pair), fc.array(requestsFor(pair.kind), { minLength: REQUESTS, maxLength: REQUESTS })),
      ),
      ([{ kind, before, after }, requests]) => {
        const outcome = finished(comparePolicies({ catalog, now: NOW }, { kind, before, after }));
        said[outcome.kind] += 1;
        const shown = outcome.kind === 'found' ? [outcome.witness] : [];
        expect(
          shown.map((witness) => [isGranted(catalog, kind, after, witness), isGranted(catalog, kind, before, witness)]),
        ).toEqual(shown.map(() => [true, false]));
        const granted = (outcome.kind === 'none' ? requests : []).filter(
          (one) => isGranted(catalog, kind, after, one) === true,
        );
        said.shown += granted.length;
        expect(granted.filter((one) => isGranted(catalog, kind, before, one) !== true).map(printed)).toEqual([]);
      },
    );
    const isEnough = (): boolean => Math.min(said.found, said.none) > said.undecided && said.shown > 0;
    // Few runs can have little to look at: then there are more.
    for (let round = 0; round === 0 || (!isEnough() && round < 20); round += 1) {
      fc.assert(property, { numRuns: Math.ceil(Number(wanted) / REQUESTS) });
    }
    expect(said.unreadable).toBe(0);
    expect(said.found).toBeGreaterThan(said.undecided);
    expect(said.none).toBeGreaterThan(said.undecided);
    expect(said.shown).toBeGreaterThan(0);
  }, 600_000);
});

function printed(request: CheckedRequest): string {
  return JSON.stringify([request, [...request.context]]);
}

/** Of an account that no document names, or of nobody. */
function isOfStranger({ caller: { principal, federatedProvider } }: CheckedRequest): boolean {
  if ('accountId' in principal) return principal.accountId === C;
  return principal.kind === 'anonymous' && federatedProvider === undefined;
}

/** What a request says of its origin: the documents can fix it. */
const ORIGINS = new Set([
  'aws:sourceip',
  'aws:sourcearn',
  'aws:principalorgid',
  'token.actions.githubusercontent.com:sub',
]);

describe('checking one document', () => {
  const runs = { numRuns: Math.ceil(Number(wanted) / REQUESTS / 3) };
  /** Few runs can have nothing to look at: then there are more. */
  const untilShown = <T>(shown: () => number, property: fc.IProperty<T>): void => {
    for (let round = 0; round === 0 || (shown() === 0 && round < 20); round += 1) fc.assert(property, runs);
  };
  const withRequests = (drawn: fc.Arbitrary<Pair>) =>
    drawn.chain((pair) =>
      fc.tuple(fc.constant(pair), fc.array(requestsFor(pair.kind), { minLength: REQUESTS, maxLength: REQUESTS })),
    );

  it('grants none of the actions on the resources, or shows that it does', () => {
    const action = fc.constantFrom('s3:Get*', 's3:*', 'sqs:SendMessage', 'kms:*', 'sts:Assume*');
    const resource = fc.constantFrom('*', 'arn:aws:s3:::b/*', 'arn:aws:s3:::*/x?', 'arn:aws:sqs:us-east-1:*:*');
    let shown = 0;
    untilShown(
      () => shown,
      fc.property(withRequests(pairs), action, resource, ([{ kind, after }, requests], one, other) => {
        const asked = { kind, document: after, actions: [one], resources: [other] };
        const outcome = finished(checkAccessNotGranted({ catalog, now: NOW }, asked));
        const isAsked = (request: Pick<CheckedRequest, 'action' | 'resource'>): boolean =>
          globOf(one).matches(request.action) && globOf(other).matches(request.resource);
        const witnesses = outcome.kind === 'found' ? [outcome.witness] : [];
        expect(witnesses.filter((one) => !isAsked(one) || isGranted(catalog, kind, after, one) !== true)).toEqual([]);
        const tried = (outcome.kind === 'none' ? requests : []).filter(isAsked);
        shown += tried.length;
        expect(tried.filter((one) => isGranted(catalog, kind, after, one) === true).map(printed)).toEqual([]);
      }),
    );
    expect(shown).toBeGreaterThan(0);
  }, 600_000);

  it('grants strangers nothing, or shows that it does', () => {
    let shown = 0;
    untilShown(
      () => shown,
      // Others cannot be asked about.
      fc.property(withRequests(pairsOf(['resource', 'trust'])), ([{ kind, after }, requests]) => {
        const outcome = finished(checkNoPublicAccess({ catalog, now: NOW }, { kind, document: after }));
        const witnesses = outcome.kind === 'found' ? [outcome.witness] : [];
        expect(witnesses.filter((one) => isGranted(catalog, kind, after, one) !== true)).toEqual([]);
        const strangers = (outcome.kind === 'none' ? requests : []).filter(isOfStranger).map((one) => ({
          ...one,
          context: new Map([...one.context].filter(([key]) => !ORIGINS.has(key))),
        }));
        shown += strangers.length;
        expect(strangers.filter((one) => isGranted(catalog, kind, after, one) === true).map(printed)).toEqual([]);
      }),
    );
    expect(shown).toBeGreaterThan(0);
  }, 600_000);
});
