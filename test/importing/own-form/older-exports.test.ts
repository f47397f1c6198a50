import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createAccess } from '../../../src/access/access.ts';
import { openCatalog } from '../../../src/catalog/catalog.ts';
import { importFiles } from '../../../src/importing/import-files.ts';
import { MemoryDirectory } from '../../support/memory-directory.ts';
import { aQuestion, NOON } from '../../support/questions.ts';

// What was exported once is imported for ever. Of what a version did not know, its exports say nothing, and nothing is made of that.

const A = '110000000002';
const text = readFileSync(new URL('../../data/older-exports/2026-11-26.jsonl', import.meta.url), 'utf8');
const { document, report } = importFiles([{ path: 'export.jsonl', text }]);

test('an export of an earlier version is understood whole', () => {
  expect(report.notRecognised).toEqual([]);
  expect(report.notUnderstood).toEqual([]);
  const lines = text.trim().split('\n');
  for (const [kind, entities] of Object.entries(document)) {
    const of = lines.filter((line) => line.startsWith(`{"${kind}":`));
    expect([kind, Array.isArray(entities) ? entities.length : null]).toEqual([kind, of.length]);
  }
  expect(Object.values(document).flat()).toHaveLength(lines.length);
  expect(document.resources?.find(({ arn }) => arn.includes(':accesspoint/'))).not.toHaveProperty('accessPoint');
});

test('and decided as that version decided', async () => {
  const access = createAccess(new MemoryDirectory(document, await openCatalog()), await openCatalog());
  const key = `arn:aws:kms:eu-west-1:${A}:key/00000000-0000-4000-8000-000001000000`;
  const server = `arn:aws:iam::${A}:role/Server`;
  const asked = [
    aQuestion(server, 'kms:Decrypt', key),
    aQuestion(server, 'kms:GenerateDataKey', key),
    aQuestion(server, 's3:GetObject', 'arn:aws:s3:::synthetic-1-0/object'),
    aQuestion(server, 'organizations:LeaveOrganization', '*'),
    aQuestion(`arn:aws:iam::${A}:user/people/bob`, 'sqs:SendMessage', `arn:aws:sqs:eu-west-1:${A}:nowhere`),
  ];
  const answers = await access.decide(asked, NOON);
  expect(answers.map(({ decision: { effect, deniedBy } }) => [effect, deniedBy])).toEqual([
    ['ALLOWED', null],
    // Its grant asks for an encryption context.
    ['IMPLICIT_DENY', 'IDENTITY_POLICY'],
    ['ALLOWED', null],
    ['EXPLICIT_DENY', 'SERVICE_CONTROL_POLICY'],
    ['ALLOWED', null],
  ]);
});
