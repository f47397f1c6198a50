/** What documents say by themselves, where a Deny takes something back, and where a policy of AWS stands beside them. */
import { beforeAll, expect, it } from 'vitest';
import { dangersIn } from '../../src/access/findings/dangerous-grant.ts';
import type { FindingKind } from '../../src/access/findings/finding.ts';
import { shadowsIn } from '../../src/access/findings/shadowed-statement.ts';
import {
  type CheckedDocument,
  checkedDocument,
  isUnreadable,
} from '../../src/access/policy-checks/checked-document.ts';
import { type Catalog, openCatalog } from '../../src/catalog/catalog.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import type { PolicyKind } from '../../src/policy/policy-kind.ts';
import { finished } from '../../src/policy/steps.ts';

const NOW = Date.UTC(2026, 10, 27);
let catalog: Catalog;
beforeAll(async () => {
  catalog = await openCatalog();
});

function read(kind: PolicyKind, ...statements: JsonObject[]): CheckedDocument {
  const document = finished(checkedDocument(JSON.stringify({ Version: '2012-10-17', Statement: statements }), kind));
  if (isUnreadable(document)) throw new Error(document.findings.map(({ message }) => message).join(', '));
  return document;
}

const statement = (Effect: 'Allow' | 'Deny', about: JsonObject): JsonObject => ({ Effect, ...about, Resource: '*' });

const BOTH: readonly FindingKind[] = ['DANGEROUS_GRANT', 'DATA_EXFILTRATION'];

function dangers(kinds: readonly FindingKind[], ...statements: JsonObject[]) {
  return finished(dangersIn(catalog, read('identity', ...statements), new Set(kinds), NOW));
}

it.each([BOTH, ['DATA_EXFILTRATION'] as const])(
  'what is read is told of an Allow of everything whose changes are all taken back: %s',
  (...kinds) => {
    const found = dangers(
      kinds.flat(),
      statement('Allow', { Action: '*' }),
      statement('Deny', { NotAction: 's3:GetObject' }),
    );
    expect(found).toMatchObject([
      {
        kind: 'DATA_EXFILTRATION',
        isEverything: false,
        actions: ['s3:GetObject'],
        witness: { action: 's3:GetObject' },
      },
    ]);
  },
);

it('what is read is not told of an Allow of everything beside what it changes, whatever is asked for', () => {
  const all = statement('Allow', { Action: '*' });
  expect(dangers(BOTH, all).map(({ kind }) => kind)).toEqual(['DANGEROUS_GRANT']);
  expect(dangers(['DATA_EXFILTRATION'], all)).toEqual([]);
});

it('all actions are searched, and those that are taken back altogether are not counted', () => {
  const left = ['sqs:ReceiveMessage', 'ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters'];
  const all = statement('Allow', { NotAction: 'iam:*' });
  const altogether = dangers(['DATA_EXFILTRATION'], all, statement('Deny', { NotAction: left }));
  expect(altogether).toMatchObject([{ actions: left, isLimited: false, witness: { action: left[0] } }]);
  // What is left stands behind more than are searched together.
  const always = { StringLike: { 'aws:PrincipalArn': '*' } };
  const parts = dangers(['DATA_EXFILTRATION'], all, { ...statement('Deny', { NotAction: left }), Condition: always });
  expect(parts).toMatchObject([{ isLimited: true, witness: { action: left[0] } }]);
});

it('an Allow of a resource control policy is not contained in what stands beside the document', () => {
  const allow = (action: string): JsonObject => ({ ...statement('Allow', { Action: action }), Principal: '*' });
  expect(finished(shadowsIn(catalog, read('rcp', allow('s3:*'), allow('sqs:*'))))).toEqual([]);
  const document = read('rcp', allow('s3:*'), allow('s3:GetObject'));
  const told = finished(shadowsIn(catalog, document)).map(({ narrow, wide }) =>
    [narrow, wide].map((at) => document.statements[at]?.statement.index),
  );
  expect(told).toEqual([[1, 0]]);
});
