import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { demoDirectory } from '../../src/directory/demo/demo.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import { importFiles } from '../../src/importing/import-files.ts';
import { type OwnDocument, ownLines, ownSchema, writeOwnDocument } from '../../src/importing/own-form/document.ts';
import { OWN_FORM } from '../../src/importing/own-form/own-form.ts';
import { Described, LINE_LIMITS, readOwnText } from '../../src/importing/own-form/read.ts';
import { InvalidInput } from '../../src/policy/errors.ts';
import { aCall } from '../../src/session/call.ts';
import { importParts } from '../../src/session/import-document.ts';
import { schemaFaults } from '../support/json-schema.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { runs } from '../support/runs.ts';
import { directories } from './directories.ts';
import { ALICE, APP, allow, BASE, BOB, BUCKET, HERE, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const catalog = await openCatalog();

const RUNS = runs(5);

async function exported(directory: OpenDirectory): Promise<readonly string[]> {
  const lines: string[] = [];
  await directory.exports.all(async ({ document }) => void lines.push(...ownLines(document)));
  return lines;
}

/** The lines as one document, as an import reads them. */
function documentOf(lines: readonly string[]): OwnDocument {
  const described = new Described();
  const joined: Record<string, unknown[]> = {};
  for (const [index, line] of lines.entries()) {
    const document = readOwnText(line, `line ${index + 1}`, LINE_LIMITS, () => undefined);
    described.add(document, `line ${index + 1}`);
    for (const [kind, entities] of Object.entries(document)) {
      joined[kind] = [...(joined[kind] ?? []), ...(entities as unknown[])];
    }
  }
  return joined;
}

/** What a directory decides on people of `BASE`. */
async function decisionsOf(directory: OpenDirectory) {
  const questions = [
    aQuestion(aSubject(ALICE), 's3:GetObject', `${BUCKET}/x`),
    aQuestion(aSubject(ALICE), 'sts:AssumeRole', APP),
    aQuestion(aSubject(ALICE), 'sqs:SendMessage', '*'),
    aQuestion(aSubject(BOB), 's3:GetObject', `${BUCKET}/x`),
    aQuestion(aSubject(APP), 'ec2:RunInstances', '*'),
  ];
  const answers = await createAccess(directory, catalog).decide(questions, NOON);
  // What a statement remembers of itself is no part of the decision.
  const told = (key: string, value: unknown): unknown => (key === 'keysRead' ? undefined : value);
  return answers.map(({ decision, gaps }) => ({ decision: JSON.parse(JSON.stringify(decision, told)), gaps }));
}

describeInBothStores('an export', (store) => {
  test('of policies that name somebody who was deleted makes a directory that decides the same', async () => {
    const first = await store.open(BASE);
    const before = await decisionsOf(first);
    const successor = { arn: ALICE, id: 'AIDASUCCESSOR', inlinePolicies: [{ name: 'all', document: allow('*') }] };
    await first.apply({ users: [successor] });
    const lines = await exported(first);
    expect(lines.filter((line) => line.includes('Bindings')).map((line) => JSON.parse(line))).toEqual([
      { roles: [expect.objectContaining({ arn: APP, trustBindings: { [ALICE]: 'AIDAALICE' } })] },
      { resources: [expect.objectContaining({ arn: BUCKET, policyBindings: { [ALICE]: 'AIDAALICE' } })] },
    ]);
    const decisions = await decisionsOf(first);
    expect(decisions).not.toEqual(before);
    const second = await store.open(documentOf(lines));
    expect(await exported(second)).toEqual(lines);
    expect(await decisionsOf(second)).toEqual(decisions);
  });

  test('of the demo organization, imported as a file, is the demo organization', async () => {
    const { accessKeys: _, ...demo } = demoDirectory();
    const { document, report } = importFiles([{ path: 'demo.json', text: writeOwnDocument(demo) }]);
    expect(report).toEqual({
      recognised: [{ file: 'demo.json', form: OWN_FORM }],
      notRecognised: [],
      notUnderstood: [],
      notListed: 0,
    });
    expect(document).toEqual(demo);
    const lines = await exported(await store.open(demo));
    const files = [{ path: 'demo.jsonl', text: lines.join('\n') }];
    expect(await exported(await store.open(importFiles(files).document))).toEqual(lines);
  });

  test('in parts makes the same directory as in one', async () => {
    const lines = await exported(await store.open(BASE));
    const second = await store.open({});
    const call = aCall({ kind: 'operator' }, NOON);
    const parts = async function* () {
      for (const line of lines) yield documentOf([line]);
    };
    const applied = await importParts({ directory: second }, call, parts());
    expect(await exported(second)).toEqual(lines);
    expect(applied).toMatchObject({ changed: true, users: 2, groups: 1, roles: 1, accounts: [HERE, THERE] });
    expect(applied.counts.filter(({ unchanged }) => unchanged > 0)).toEqual([]);
    const events = await second.audit.list({ limit: 10, filter: { accountIds: [THERE] } });
    expect(events.map(({ event, outcome }) => [event, outcome])).toEqual([['ImportDirectory', 'SUCCEEDED']]);
  });

  test('in parts of which one is refused stores nothing', async () => {
    const lines = await exported(await store.open(BASE));
    const second = await store.open({});
    const revision = await second.revision();
    const parts = async function* () {
      for (const line of lines) yield documentOf([line]);
      throw new InvalidInput('files', 'roles.jsonl, line 7: wrong');
    };
    const importing = importParts({ directory: second }, aCall({ kind: 'operator' }, NOON), parts());
    await expect(importing).rejects.toThrow('roles.jsonl, line 7: wrong');
    expect(await exported(second)).toEqual([]);
    expect(await second.revision()).toBe(revision);
  });

  test(
    'has every line in its schema, and is the same again after it was imported into an empty directory',
    () =>
      fc.assert(
        fc.asyncProperty(directories, async (document) => {
          const lines = await exported(await store.open(document));
          for (const line of lines) expect(schemaFaults(ownSchema, JSON.parse(line))).toEqual([]);
          const second = await store.open(documentOf(lines));
          expect(await exported(second)).toEqual(lines);
          await store.close();
        }),
        { numRuns: RUNS },
      ),
    300_000,
  );
});
