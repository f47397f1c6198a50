/** What spares a search says what the search would say. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { actionsNamed } from '../../src/access/findings/action-sets.ts';
import { grantsPlainly } from '../../src/access/findings/grants-nothing.ts';
import {
  type CheckedDocument,
  checkedDocument,
  checkedPolicy,
  isUnreadable,
} from '../../src/access/policy-checks/checked-document.ts';
import { searchGrant } from '../../src/access/policy-checks/search.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { actionName } from '../../src/evaluation/layer-set.ts';
import { actionMatches } from '../../src/policy/action-pattern.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { finished } from '../../src/policy/steps.ts';
import { A, policy } from '../support/policies.ts';
import { runs } from '../support/runs.ts';

const catalog = await openCatalog();
const NOW = Date.UTC(2026, 10, 27);

const actions = fc.oneof(
  fc.constantFrom<JsonObject>({ NotAction: ['s3:*', 'sqs:*'] }, { NotAction: 'iam:*' }, { NotAction: '*' }),
  fc
    .uniqueArray(
      fc.constantFrom(
        's3:GetObject',
        's3:*',
        'sqs:Send*',
        'ec2:Describe*',
        'iam:Get*',
        '*',
        's3:Nothing',
        'nobody:Does',
      ),
      { minLength: 1, maxLength: 3 },
    )
    .map((Action): JsonObject => ({ Action })),
);
const resources = fc.oneof(
  fc.constantFrom<JsonObject>({ Resource: '*' }, { NotResource: 'arn:aws:s3:::b/*' }, { NotResource: '*' }),
  fc
    .uniqueArray(
      fc.constantFrom(
        'arn:aws:s3:::b/*',
        'arn:aws:s3:::b',
        'arn:aws:sqs:*:*:q?',
        `arn:aws:sqs:eu-west-1:${A}:q1`,
        'arn:aws:s3:::${aws:username}/*',
        `arn:aws:sqs:eu-west-1:${A}:q/none`,
        'arn:*:*:*:*:*',
      ),
      { minLength: 1, maxLength: 2 },
    )
    .map((Resource): JsonObject => ({ Resource })),
);
const conditions = fc.option(
  fc.constantFrom<JsonObject>(
    { Bool: { 'aws:SecureTransport': 'false' } },
    { Bool: { 'aws:SecureTransport': 'true' } },
    { Bool: { 'aws:SecureTransport': ['false', 'true'] } },
    { BoolIfExists: { 'aws:SecureTransport': 'false' } },
    { Null: { 'aws:SecureTransport': 'false' } },
    { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
  ),
  { nil: null },
);
const statement = fc.tuple(fc.constantFrom('Allow', 'Allow', 'Deny'), actions, resources, conditions).map(
  ([Effect, action, resource, Condition]): JsonObject => ({
    Effect,
    ...action,
    ...resource,
    ...(Condition === null ? {} : { Condition }),
  }),
);
const document = fc.array(statement, { minLength: 1, maxLength: 3 }).map((statements) => policy(...statements));

function read(text: string): CheckedDocument {
  const checked = finished(checkedDocument(text, 'identity'));
  if (isUnreadable(checked)) throw new Error(text);
  return checked;
}

it('what plainly grants something is never found to grant nothing', () => {
  let plain = 0;
  fc.assert(
    fc.property(document, (text) => {
      const checked = read(text);
      if (!checked.statements.some((one) => grantsPlainly(catalog, checked, one.statement))) return;
      plain += 1;
      const every = { actions: null, resources: null, byStrangers: false } as const;
      const asked = { catalog, kind: 'identity', after: checked, before: null, now: NOW, ...every } as const;
      expect(finished(searchGrant(asked)).kind).not.toBe('none');
    }),
    { numRuns: runs(60) },
  );
  expect(plain).toBeGreaterThan(0);
});

it('a statement names the actions of the catalogue that it matches, whichever of the services are gone through', () => {
  fc.assert(
    fc.property(document, (text) => {
      const { statements, policy: compiled } = read(text);
      expect(checkedPolicy(compiled, text)?.statements).toEqual(statements);
      for (const { statement: one } of statements) {
        const all = [...catalog.services()].flatMap((service) => catalog.actionsOf(service));
        const expected = all.filter((action) => actionMatches(one.actions, action.service, actionName(action)));
        expect(new Set(finished(actionsNamed(catalog, one)))).toEqual(new Set(expected));
      }
    }),
    { numRuns: runs(10) },
  );
});
