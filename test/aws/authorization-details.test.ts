import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type * as iam from '@aws-sdk/client-iam';
import { paginateGetAccountAuthorizationDetails } from '@aws-sdk/client-iam';
import { describe, expect, onTestFinished, test } from 'vitest';
import { importFiles } from '../../src/cli/import-command.ts';
import type { ImportCounts } from '../../src/directory/directory.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { parseAccountAuthorizationDetails } from '../../src/importing/account-authorization-details.ts';
import { importFiles as understood } from '../../src/importing/import-files.ts';
import { keptTerminal } from '../cli/credentials/in-process.ts';
import { newDataDir, removeDataDir, startedGateway, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Entities, normal, without } from '../support/synthetic/normal.ts';
import { answered, iamClient, nextKeyId, userWhoMay } from './iam-clients.ts';

// What the gateway prints of an account, its own import reads as the same account. A list of pages is what one file holds.

const started = startedGateway();
const PRINTER = 'printer';

function fixture(name: string): string {
  return readFileSync(new URL(`../data/account-authorization-details/${name}.json`, import.meta.url), 'utf8');
}

/** A client of a user of the account who may print it, and nothing else. */
async function printerOf(accountId: string) {
  const statement = { Effect: 'Allow', Action: 'iam:GetAccountAuthorizationDetails', Resource: '*' };
  // A key that was deleted is not made again: the import of a whole list deletes this one.
  const keyId = nextKeyId();
  await started.gateway.services.directory.apply(userWhoMay(PRINTER, keyId, [statement], accountId));
  return iamClient(started, keyId);
}

async function pagesOf(accountId: string, pageSize: number) {
  const client = await printerOf(accountId);
  const pages: object[] = [];
  for await (const page of paginateGetAccountAuthorizationDetails({ client, pageSize }, {})) pages.push(answered(page));
  return pages;
}

function changedIn(counts: readonly ImportCounts[]): readonly ImportCounts[] {
  return counts.filter((count) => count.new + count.changed + count.gone > 0);
}

/** What AWS's form does not hold. */
const LACKS = { roles: ['description', 'maxSessionDuration'] };

/** Entities of IAM alone, created at whole seconds. */
function comparable(document: DirectoryDocument): Entities {
  const { users = [], groups = [], roles = [], policies = [], instanceProfiles = [] } = document;
  const seconds = JSON.stringify({ users, groups, roles, policies, instanceProfiles }).replace(/\.\d{3}Z"/g, '.000Z"');
  return without(normal(JSON.parse(seconds)), LACKS);
}

/** The account as the gateway's own export has it, with the policies of AWS that it uses. */
async function exportedOf(accountId: string): Promise<DirectoryDocument> {
  // Accounts and organizations have no ARN.
  const all: Record<string, { readonly arn?: string; readonly role?: string | null }[]> = {};
  await started.gateway.services.directory.exports.all(async ({ kind, document }) => {
    const entities = Reflect.get(document, kind) as { readonly arn?: string }[];
    all[kind] = [...(all[kind] ?? []), ...entities];
  });
  const own = Object.entries(all).map(([kind, entities]) => [
    kind,
    entities.filter(({ arn, role }) => arn?.includes(`:iam::${accountId}:`) === true && role !== null),
  ]);
  const document: DirectoryDocument = Object.fromEntries(own);
  const text = JSON.stringify(document);
  const ofAws = (all['policies'] ?? []).filter(
    ({ arn }) => arn?.includes('::aws:') === true && text.includes(`"${arn}"`),
  );
  return { ...document, policies: [...(document.policies ?? []), ...(ofAws as never[])] };
}

const LISTS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const;

/** All pages as one answer, as the command line prints them: nothing says then that more could come before. */
function joined(pages: readonly object[]): object {
  const lists = pages as readonly Partial<Record<(typeof LISTS)[number], readonly object[]>>[];
  return Object.fromEntries(LISTS.map((list) => [list, lists.flatMap((page) => page[list] ?? [])]));
}

async function expectRoundTrip(accountId: string, pageSize: number): Promise<readonly ImportCounts[]> {
  const pages = await pagesOf(accountId, pageSize);
  const { document, report } = understood([{ path: 'pages.json', text: JSON.stringify(joined(pages)) }]);
  expect([report.notRecognised, report.notUnderstood]).toEqual([[], []]);
  expect(comparable(document)).toEqual(comparable(await exportedOf(accountId)));
  const { directory } = started.gateway.services;
  const parsed = parseAccountAuthorizationDetails(JSON.stringify(pages));
  expect(parsed.warnings).toEqual([]);
  expect(changedIn((await directory.apply(parsed.document)).counts)).toEqual([]);
  return changedIn((await directory.apply(document)).counts);
}

describe.each(['111111111111', '222222222222'])('account %s of the demo organization', (accountId) => {
  test.each([1000, 2])('printed in pages of %i and imported again, is the same directory', async (pageSize) => {
    expect(await expectRoundTrip(accountId, pageSize)).toEqual([]);
  });
});

describe.each([
  'aws-cli-reference-paginated',
  'cloudmapper-demo',
  'cloudsplaining-large',
  'cloudsplaining-medium',
  'cloudsplaining-partial-no-roles',
  'cloudsplaining-small',
])('the real accounts of %s', (name) => {
  test('printed and imported again, are the same directory', async () => {
    const { document } = understood([{ path: `${name}.json`, text: fixture(name) }]);
    await started.gateway.services.directory.apply(document);
    expect(document.accounts).not.toEqual([]);
    for (const { id } of document.accounts ?? []) {
      const changed = await expectRoundTrip(id, 30);
      // AWS's form cannot say that something is missing: an account that was known in part counts as known.
      expect(changed.filter(({ kind }) => kind !== 'knowledge')).toEqual([]);
    }
  });
});

test('policies with white space and escapes, imported again, are the same', async () => {
  const accountId = '333333333333';
  const arn = (resource: string): string => `arn:aws:iam::${accountId}:${resource}`;
  const spaced = (statement: object): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [statement] }, null, 2).replaceAll('\n', '\r\n\t');
  const may = { Sid: 'with "two  blanks"', Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::a  b\\/*' };
  const trust = { Effect: 'Allow', Principal: { AWS: arn('root') }, Action: 'sts:AssumeRole' };
  await started.gateway.services.directory.apply({
    policies: [
      { arn: arn('policy/P'), defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: spaced(may) }] },
    ],
    users: [{ arn: arn('user/u'), inlinePolicies: [{ name: 'I', document: spaced(may) }] }],
    roles: [{ arn: arn('role/r'), trustPolicy: spaced(trust) }],
  });
  const changed = await expectRoundTrip(accountId, 1000);
  expect(changed.filter(({ kind }) => kind !== 'knowledge')).toEqual([]);
  // As the command line prints it: documents are objects.
  const printed = JSON.stringify(await pagesOf(accountId, 1000), (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith('%7B') ? JSON.parse(decodeURIComponent(value)) : value,
  );
  const { document } = parseAccountAuthorizationDetails(printed);
  expect(changedIn((await started.gateway.services.directory.apply(document)).counts)).toEqual([]);
});

/** As `aws iam get-account-authorization-details` prints it: one answer, whose documents are objects. */
async function printedBy(client: iam.IAMClient): Promise<string> {
  const pages: object[] = [];
  for await (const page of paginateGetAccountAuthorizationDetails({ client, pageSize: 3 }, {})) {
    pages.push(answered(page));
  }
  const decoded = (_key: string, value: unknown): unknown =>
    typeof value === 'string' && value.startsWith('%7B') ? JSON.parse(decodeURIComponent(value)) : value;
  return JSON.stringify(joined(pages), decoded, 4);
}

test('what AWS’s client prints, `rolegate import` brings through a running gateway: into this one nothing new, into an empty one all', async () => {
  const [dataDir, folder] = [await newDataDir(), await newDataDir()];
  const empty = await startTestGateway(dataDir, { ROLEGATE_DEMO: 'off' });
  onTestFinished(async () => {
    await empty.gateway.close();
    await Promise.all([dataDir, folder].map(removeDataDir));
  });
  const accountId = '111111111111';
  const printed = await printedBy(await printerOf(accountId));
  const file = join(folder, 'details.json');
  await writeFile(file, printed);
  const imported = async ({ settings }: TestGateway): Promise<string> => {
    const { terminal, written } = keptTerminal();
    await importFiles({ paths: [file], accountName: null, isJson: false }, settings, terminal, Readable.from([]));
    expect(written.error).toBe('');
    return written.out;
  };
  expect(await imported(started)).toMatch(/: nothing has changed \(revision /);
  expect(await imported(empty)).toMatch(/^imported \d+ users, .*: the directory has changed \(revision /);
  const userArn = `arn:aws:iam::${accountId}:user/${PRINTER}`;
  const { accessKeyId } = await empty.gateway.services.sessions.createAccessKey({ userArn });
  expect(JSON.parse(await printedBy(iamClient(empty, accessKeyId)))).toEqual(JSON.parse(printed));
});
