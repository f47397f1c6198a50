import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bearerEntries } from '../../src/analysis/bearer-entries.ts';
import { BearerIndex } from '../../src/directory/bearers/bearer-index.ts';
import { Evaluation } from '../../src/evaluation/evaluation.ts';
import { namesOf } from '../../src/evaluation/principal-names.ts';
import { finished } from '../../src/policy/steps.ts';
import { enginePrincipal, engineRequest, engineResource } from '../support/engine.ts';
import { requests, requestsThroughAccessPoints } from '../support/generated-requests.ts';
import { withGrants } from '../support/generated-resources.ts';

// Whose policies concern a principal is found by names alone. Nobody is passed over: whatever has a statement that concerns it is
// among those that its names find.

const GOVERNED = { resources: ['*'], notResources: [] };
let concerned = 0;

test('whatever concerns a principal is found by its names', () => {
  const withEveryBearer = fc.oneof(
    requests,
    requestsThroughAccessPoints,
    fc.tuple(requests, withGrants(requests.map((q) => q.resource))).map(([q, resource]) => ({ ...q, resource })),
  );
  fc.assert(
    fc.property(withEveryBearer, (q) => {
      const principal = enginePrincipal(q);
      const resource = engineResource(q);
      const index = new BearerIndex();
      index.put(q.resource.arn, resource, false, []);
      const evaluation = new Evaluation(principal, q.action, resource, engineRequest(q));
      if (finished(bearerEntries(evaluation, GOVERNED)).length === 0) return;
      concerned += 1;
      expect(index.concerning(namesOf(q.principal))).toEqual([q.resource.arn]);
    }),
    { numRuns: 400 },
  );
  expect(concerned).toBeGreaterThan(40);
});

test('a bearer that is put again, or removed, leaves nothing behind', () => {
  fc.assert(
    fc.property(requests, requests, (before, after) => {
      const index = new BearerIndex();
      const put = ({ resource }: typeof before): void =>
        index.put('arn:aws:s3:::b', engineResource({ ...before, resource }), false, ['arn:aws:s3:::outer']);
      put(before);
      put(after);
      const weight = index.weight;
      const fresh = new BearerIndex();
      fresh.put('arn:aws:s3:::b', engineResource({ ...before, resource: after.resource }), false, [
        'arn:aws:s3:::outer',
      ]);
      expect(weight).toBe(fresh.weight);
      expect(index.concerning(namesOf(before.principal))).toEqual(fresh.concerning(namesOf(before.principal)));
      const { owners } = index;
      index.remove('arn:aws:s3:::b');
      expect(index.weight).toBe(0);
      expect(index.concerning(namesOf(before.principal))).toEqual([]);
      expect(index.inside('arn:aws:s3:::outer')).toBeUndefined();
      // Whoever has asked for the owners keeps those of then.
      expect(owners).toEqual(fresh.owners);
      expect([...index.owners]).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
