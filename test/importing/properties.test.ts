import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAccountAuthorizationDetails } from '../../src/importing/account-authorization-details.ts';
import { InvalidInput } from '../../src/policy/errors.ts';

const LISTS = ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'] as const;

/** Words of an export, so that random JSON looks like one. */
const WORDS = [
  ...LISTS,
  'Arn',
  'UserName',
  'RoleName',
  'PolicyName',
  'Path',
  'RoleId',
  'CreateDate',
  'GroupList',
  'Tags',
  'Key',
  'Value',
  'UserPolicyList',
  'RolePolicyList',
  'PolicyDocument',
  'AssumeRolePolicyDocument',
  'AttachedManagedPolicies',
  'PolicyArn',
  'PermissionsBoundary',
  'PermissionsBoundaryArn',
  'InstanceProfileList',
  'PolicyVersionList',
  'VersionId',
  'DefaultVersionId',
  'Document',
  'MaxSessionDuration',
  'IsTruncated',
  '__proto__',
  'constructor',
  'arn:aws:iam::111111111111:user/a',
  'arn:aws:iam::111111111111:role/p/r',
  'arn:aws:iam::aws:policy/x',
  'arn:::::',
  '%7B%7D',
  '%',
];
const word = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...WORDS) }, fc.string());
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.oneof(word, fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(word, tie('json'), { maxKeys: 6 }),
  ),
}));

/** Whether reading ends in a result or in a refusal that names the document. */
function isHandled(text: string): boolean {
  try {
    parseAccountAuthorizationDetails(text);
    return true;
  } catch (error) {
    return error instanceof InvalidInput && error.field === 'document' && error.code === 'BAD_USER_INPUT';
  }
}

test('whatever JSON it is, it is read or refused', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(isHandled(JSON.stringify(value))).toBe(true);
      expect(
        isHandled(JSON.stringify({ UserDetailList: value, RoleDetailList: [value], Policies: { a: value } })),
      ).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('whatever text it is, it is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(isHandled(text)).toBe(true);
    }),
  );
});

function readExport(name: string): Record<string, unknown[]> {
  const url = new URL(`../data/account-authorization-details/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}
const exports = ['cloudsplaining-medium', 'cloudsplaining-small', 'cloudmapper-demo'].map(readExport);

test('documents as objects, as text and URL-encoded are the same', () => {
  const forms = [
    (document: unknown) => document,
    (document: unknown) => JSON.stringify(document),
    (document: unknown) => JSON.stringify(document, null, 4),
    (document: unknown) => encodeURIComponent(JSON.stringify(document)),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...exports), fc.infiniteStream(fc.constantFrom(...forms)), (source, chosen) => {
      const rewritten = JSON.stringify(source, (key, value) => {
        const isDocument = key.endsWith('Document') && typeof value === 'object';
        return isDocument ? chosen.next().value?.(value) : value;
      });
      expect(parseAccountAuthorizationDetails(rewritten)).toEqual(
        parseAccountAuthorizationDetails(JSON.stringify(source)),
      );
    }),
    { numRuns: 50 },
  );
});

test('an export in pages is the export', () => {
  fc.assert(
    fc.property(fc.constantFrom(...exports), fc.integer({ min: 1, max: 7 }), fc.boolean(), (source, pages, wrapped) => {
      const split = Array.from({ length: pages }, (_, page) => ({
        ...Object.fromEntries(
          LISTS.map((list) => {
            const all = source[list] ?? [];
            const at = (index: number) => Math.floor((all.length * index) / pages);
            return [list, all.slice(at(page), at(page + 1))];
          }),
        ),
        ...(page < pages - 1 ? { IsTruncated: true, Marker: 'more' } : { IsTruncated: false }),
      }));
      const document = wrapped ? { recorded: split.map((answer) => ({ answer })) } : split;
      expect(parseAccountAuthorizationDetails(JSON.stringify(document))).toEqual(
        parseAccountAuthorizationDetails(JSON.stringify(source)),
      );
    }),
    { numRuns: 50 },
  );
});
