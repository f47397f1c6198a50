/** Findings read the documents that something has itself, and nothing else of it: they are the same as of all that is gathered. */
import { expect, it } from 'vitest';
import { type Access, createAccess } from '../../src/access/access.ts';
import { FINDING_KINDS } from '../../src/access/findings/finding.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Directory } from '../../src/directory/directory.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { describeInBothStores } from '../directory/stores.ts';
import { A, allow, aRole, aUser, B, deny, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { NOON } from '../support/questions.ts';

const catalog = await openCatalog();
const group = (name: string): string => `arn:aws:iam::${A}:group/${name}`;
const managed = (name: string): string => `arn:aws:iam::${A}:policy/${name}`;
const version = (document: string) => ({ defaultVersionId: 'v1', versions: [{ versionId: 'v1', document }] });

const BUCKET = 'arn:aws:s3:::b/*';

/** More than are gathered together. */
const MANY = 130;

const WORLD: DirectoryDocument = {
  policies: [
    { arn: managed('Granter'), ...version(policy(allow('iam:*'))) },
    { arn: managed('Nothing'), ...version(policy(allow('s3:GetObject'), deny('*'))) },
    { arn: managed('Fine'), ...version(policy(allow('s3:GetObject', 'arn:aws:s3:::b/*'))) },
  ],
  groups: [
    { arn: group('Members'), inlinePolicies: [{ name: 'g', document: policy(allow('iam:PutUserPolicy')) }] },
    // Nobody has what it allows.
    { arn: group('Empty'), inlinePolicies: [{ name: 'g', document: policy(allow('iam:PutUserPolicy')) }] },
  ],
  users: [
    aUser('admin', [allow('*')]),
    aUser('twice', [allow('s3:Get*', BUCKET), allow('s3:GetObject', BUCKET)], { groups: [group('Members')] }),
    ...Array.from({ length: MANY }, (_, n) => aUser(`u${n}`)),
  ],
  roles: [
    aRole('Partner', [trusts({ AWS: '999999999999' })], [allow('secretsmanager:GetSecretValue')]),
    aRole('Gone', [trusts({ AWS: 'AIDAGONE' })]),
    aRole('Elsewhere', [trusts({ AWS: userArn('bob', B) })]),
    aRole('Odd', [], [], { trustPolicy: '{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}' }),
    ...Array.from({ length: MANY }, (_, n) => aRole(`r${n}`, [trusts({ AWS: n % 2 === 0 ? A : userArn(`u${n}`) })])),
  ],
};

const holders = {
  users: (WORLD.users ?? []).map(({ arn }) => arn),
  roles: (WORLD.roles ?? []).map(({ arn }) => arn),
  resources: [],
  policies: (WORLD.policies ?? []).map(({ arn }) => arn),
  groups: new Set((WORLD.groups ?? []).map(({ arn }) => arn)),
  roots: [],
  accountIds: null,
  endpoints: [],
};

function without(directory: Directory): Directory {
  return new Proxy(directory, {
    get: (target, name) => {
      if (name === 'heldDocuments') return undefined;
      if (name === 'principals') return async () => null;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describeInBothStores('documents that are read alone', (store) => {
  it('have the findings of what is gathered', async () => {
    const directory = await store.open(WORLD);
    const asked = { holders, kinds: new Set(FINDING_KINDS), mayRead: () => true };
    const told = async (access: Access) => {
      const { findings, gaps } = await access.findings(asked, NOON);
      return { gaps, findings: findings.map(({ id, kind, arn, statements }) => [id, kind, arn, statements.length]) };
    };
    const alone = await told(createAccess(directory, catalog));
    expect(alone).toEqual(await told(createAccess(without(directory), catalog)));
    expect(alone.findings.map(([, kind, arn]) => [kind, arn])).toEqual([
      ['DANGEROUS_GRANT', userArn('admin')],
      ['CROSS_ACCOUNT_ACCESS', roleArn('Elsewhere')],
      ['CROSS_ACCOUNT_ACCESS', roleArn('Partner')],
      ['DANGEROUS_GRANT', group('Members')],
      ['DANGEROUS_GRANT', managed('Granter')],
      ['DATA_EXFILTRATION', roleArn('Partner')],
      ['UNREADABLE_DOCUMENT', roleArn('Odd')],
      ['UNUSED_ROLE', roleArn('Gone')],
      ['GRANTS_NOTHING', managed('Nothing')],
      ['SHADOWED_STATEMENT', userArn('twice')],
    ]);
  });
});
