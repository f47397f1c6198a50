import { describe, expect, it, onTestFinished } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { principalIdOf } from '../../src/policy/principal-id.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, allow, anOrganization, aRole, aUser, B, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { aQuestion, aSubject, NOON } from '../support/questions.ts';
import { takeDirectory } from '../support/recycled-database.ts';

const catalog = await openCatalog();
const X = '333333333333';
const BUCKET = 'arn:aws:s3:::b';
const OBJECT = `${BUCKET}/x`;
const ROLE = roleArn('R');

async function search(
  document: DirectoryDocument,
  [action, resource]: readonly [string, string],
  options: { readonly conditional?: boolean; readonly context?: JsonObject } = {},
) {
  const access = createAccess(new MemoryDirectory(document, catalog), catalog);
  const { context = {}, conditional = false } = options;
  const { subject: _, ...question } = aQuestion(A, action, resource, { context });
  const found = await access.whoCan(question, { limit: 100, conditional }, NOON);
  return {
    ...found,
    names: found.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal)),
    outsiders: found.outsiders.map(({ kind, value, statements }) => [kind, value, ...statements.map(({ sid }) => sid)]),
  };
}

const letsIn = (Sid: string, Principal: JsonObject | '*', Condition?: JsonObject): JsonObject => ({
  Sid,
  Effect: 'Allow',
  Principal,
  Action: 's3:GetObject',
  Resource: `${BUCKET}/*`,
  ...(Condition === undefined ? {} : { Condition }),
});

const bucket = (...statements: readonly JsonObject[]): DirectoryDocument => ({
  users: [aUser('alice'), aUser('', [], { arn: userArn('bob', B) })],
  resources: [{ arn: BUCKET, accountId: A, policy: policy(...statements) }],
});

const READ = ['s3:GetObject', OBJECT] as const;
const ASSUME = ['sts:AssumeRole', ROLE] as const;

describe('outsiders', () => {
  it('are accounts, principals and services that the directory does not hold, with the statements that let them in', async () => {
    const ghost = userArn('ghost', X);
    const oai = 'a'.repeat(64);
    const document = bucket(
      letsIn('Both', { AWS: [X, ghost, userArn('alice')], Service: 'delivery.logs.amazonaws.com' }),
      letsIn('Again', { AWS: `arn:aws:iam::${X}:root` }),
      letsIn('Origin', { CanonicalUser: oai }),
    );
    const { names, outsiders } = await search(document, READ);
    expect(names).toEqual([userArn('alice')]);
    expect(outsiders).toEqual([
      ['ACCOUNT', X, 'Both', 'Again'],
      ['PRINCIPAL', oai, 'Origin'],
      // Its account is named as well.
      ['PRINCIPAL', ghost, 'Both', 'Again'],
      ['SERVICE', 'delivery.logs.amazonaws.com', 'Both'],
    ]);
  });

  it('are none where nobody is named but who is there, or the statement is about something else', async () => {
    const elsewhere = { ...letsIn('Put', { AWS: X }), Action: 's3:PutObject' };
    expect((await search(bucket(letsIn('Alice', { AWS: userArn('alice') }), elsewhere), READ)).outsiders).toEqual([]);
    expect((await search({ resources: [{ arn: BUCKET, accountId: A }] }, READ)).outsiders).toEqual([]);
  });

  it('are nobody whom a Deny keeps out', async () => {
    const kept = { ...letsIn('No', { AWS: X }), Effect: 'Deny' };
    expect((await search(bucket(letsIn('Yes', { AWS: [X, B] }), kept), READ)).outsiders).toEqual([
      ['ACCOUNT', B, 'Yes'],
    ]);
  });

  it('are everybody, unsigned requests too; root users are part of it', async () => {
    expect((await search(bucket(letsIn('Public', '*')), READ)).outsiders).toEqual([['EVERYBODY', '*', 'Public']]);
  });

  it('are everybody with an account where requests have to be signed', async () => {
    const document = { roles: [aRole('R', [{ Sid: 'All', ...trusts('*') }])] };
    expect((await search(document, ASSUME)).outsiders).toEqual([['EVERYBODY', '*', 'All']]);
  });

  it('are accounts whose principals may assume a role, which a root user may not', async () => {
    const document = { users: [aUser('alice')], roles: [aRole('R', [{ Sid: 'T', ...trusts({ AWS: [A, X] }) }])] };
    expect((await search(document, ASSUME)).outsiders).toEqual([['ACCOUNT', X, 'T']]);
  });

  it('are whom an identity provider vouches for', async () => {
    const provider = `arn:aws:iam::${A}:oidc-provider/token.actions.githubusercontent.com`;
    const trust = trusts({ Federated: provider }, { action: 'sts:AssumeRoleWithWebIdentity' });
    const document = { roles: [aRole('R', [{ Sid: 'GitHub', ...trust }])] };
    const found = await search(document, ['sts:AssumeRoleWithWebIdentity', ROLE]);
    expect(found.outsiders).toEqual([['FEDERATED', provider, 'GitHub']]);
  });

  it('are the root user of an account of the directory whom the policy of a key lets in', async () => {
    const key = `arn:aws:kms:us-east-1:${A}:key/k`;
    const statement = { ...letsIn('Root', { AWS: `arn:aws:iam::${A}:root` }), Action: 'kms:*', Resource: '*' };
    const document = { users: [aUser('alice')], resources: [{ arn: key, accountId: A, policy: policy(statement) }] };
    expect((await search(document, ['kms:DescribeKey', key])).outsiders).toEqual([['ACCOUNT', A, 'Root']]);
  });

  it('may only under conditions where the question leaves them open', async () => {
    const provider = `arn:aws:iam::${A}:oidc-provider/issuer.example`;
    const forAudience = { StringEquals: { 'issuer.example:aud': 'me' } };
    const trust = trusts({ Federated: provider }, { action: 'sts:AssumeRoleWithWebIdentity', condition: forAudience });
    const document = { roles: [aRole('R', [{ Sid: 'Web', ...trust }])] };
    const asked = ['sts:AssumeRoleWithWebIdentity', ROLE] as const;
    expect((await search(document, asked)).outsiders).toEqual([]);
    expect((await search(document, asked, { conditional: true })).outsiders).toEqual([['FEDERATED', provider, 'Web']]);
    const mine = { context: { 'issuer.example:aud': 'me' } };
    expect((await search(document, asked, mine)).outsiders).toEqual([['FEDERATED', provider, 'Web']]);
    const other = { context: { 'issuer.example:aud': 'you' }, conditional: true };
    expect((await search(document, asked, other)).outsiders).toEqual([]);
  });

  it('are everybody of some organization only under the condition that they are', async () => {
    const document = bucket(letsIn('Org', '*', { StringEquals: { 'aws:PrincipalOrgID': 'o-other00000' } }));
    expect((await search(document, READ)).outsiders).toEqual([]);
    expect((await search(document, READ, { conditional: true })).outsiders).toEqual([['EVERYBODY', '*', 'Org']]);
    const barred = bucket(letsIn('Org', '*'), { ...letsIn('No', '*'), Effect: 'Deny' });
    expect((await search(barred, READ, { conditional: true })).outsiders).toEqual([]);
  });
});

describe('who may under conditions', () => {
  const withMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

  it('is listed with them when that is asked for', async () => {
    const document = {
      users: [
        aUser('free', [allow('s3:GetObject')]),
        aUser('mfa', [{ ...allow('s3:GetObject'), Condition: withMfa }]),
        aUser('never', []),
      ],
      resources: [{ arn: BUCKET, accountId: A }],
    };
    expect((await search(document, READ)).names).toEqual([userArn('free')]);
    const { names, entries, total } = await search(document, READ, { conditional: true });
    expect([names, total]).toEqual([[userArn('free'), userArn('mfa')], 2]);
    expect(entries.map(({ conditions, answer }) => [answer.decision.effect, conditions])).toEqual([
      ['ALLOWED', []],
      ['IMPLICIT_DENY', [withMfa]],
    ]);
  });

  it('needs what Denies ask for as well, in the words of Allows', async () => {
    const fromVpc = { StringEquals: { 'aws:SourceVpc': 'v1' } };
    const statements = [
      { ...allow('s3:GetObject'), Condition: withMfa },
      {
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { StringNotEquals: fromVpc.StringEquals, DateGreaterThan: { 'aws:CurrentTime': '2020-01-01' } },
      },
    ];
    const document = { users: [aUser('alice', statements)], resources: [{ arn: BUCKET, accountId: A }] };
    const { entries } = await search(document, READ, { conditional: true });
    expect(entries.map(({ conditions }) => conditions)).toEqual([[{ ...withMfa, ...fromVpc }]]);
  });

  it('is nobody where they contradict each other', async () => {
    const statements = [
      { ...allow('s3:GetObject'), Condition: withMfa },
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: withMfa },
    ];
    const document = { users: [aUser('alice', statements)], resources: [{ arn: BUCKET, accountId: A }] };
    expect((await search(document, READ, { conditional: true })).names).toEqual([]);
  });

  it('is a role of which only a session of a certain name may, and without being asked that is said', async () => {
    const session = `arn:aws:sts::${A}:assumed-role/Admin/deploy`;
    const document = {
      roles: [aRole('Admin', [], [], { id: 'AROAADMIN0000' }), aRole('R', [trusts({ AWS: session })])],
    };
    const silent = await search(document, ASSUME);
    expect([silent.names, silent.gaps]).toEqual([
      [],
      [
        'not listed: 1 of the roles, which may do this only in sessions with certain names (`conditional: true` lists them)',
      ],
    ]);
    const { names, entries, gaps } = await search(document, ASSUME, { conditional: true });
    expect([names, gaps]).toEqual([[roleArn('Admin')], []]);
    expect(entries[0]?.conditions).toEqual([{ StringEquals: { 'aws:userid': 'AROAADMIN0000:deploy' } }]);
    expect(entries[0]?.answer.decision.requires).toEqual(['roleSessionName']);
  });

  it('is told of in gaps where no condition block says what would have to be', async () => {
    const own = allow('s3:GetObject', `${BUCKET}/\${aws:RequestTag/team}`);
    const document = { users: [aUser('alice', [own])], resources: [{ arn: BUCKET, accountId: A }] };
    const { names, gaps } = await search(document, READ, { conditional: true });
    expect([names, gaps]).toEqual([
      [],
      ['not listed: 1 of the principals, which may do this under conditions that no condition block expresses'],
    ]);
  });
});

describe('a bare `*`', () => {
  it('is refused where the action has resources: the list would not agree with decisions on all of them', async () => {
    await expect(search(bucket(), ['s3:GetObject', '*'])).rejects.toThrow(
      '`*` is everything that `s3:GetObject` can be asked on: name one resource, or ask `decision` about one principal',
    );
  });

  it('is the resource of an action that has none', async () => {
    const document = { users: [aUser('alice', [allow('kms:ListKeys')])] };
    expect((await search(document, ['kms:ListKeys', '*'])).names).toEqual([userArn('alice')]);
  });
});

describe('classes of principals', () => {
  /** Who may, by the index and by deciding for each: the same. */
  const both = async (document: DirectoryDocument, action: string, resource: string): Promise<readonly string[]> => {
    const [indexed, scanned] = await Promise.all(
      [true, false].map(async (isIndexed) => {
        const directory = new MemoryDirectory(document, catalog);
        directory.isIndexed = isIndexed;
        const { subject: _, ...question } = aQuestion(A, action, resource);
        const { entries } = await createAccess(directory, catalog).whoCan(question, { limit: 100 }, NOON);
        return entries.map(({ answer }) => principalIdOf(answer.question.subject.principal));
      }),
    );
    expect(indexed).toEqual(scanned);
    return indexed ?? [];
  };

  it('are divided by what a resource control policy above the bucket behind an access point says of them', async () => {
    const point = `arn:aws:s3:eu-west-1:${A}:accesspoint/point`;
    const letIn = (resource: string): string =>
      policy({ Effect: 'Allow', Principal: { AWS: [A] }, Action: 's3:GetObject', Resource: resource });
    const organization = anOrganization(X, A, B);
    const tagged = (name: string, team: string) => aUser(name, [allow('s3:GetObject')], { tags: { team } });
    const onlyRed = {
      id: 'p-red',
      arn: 'arn:aws:organizations::333333333333:policy/o-exampleorg1/resource_control_policy/p-red',
      type: 'RESOURCE_CONTROL_POLICY' as const,
      name: 'red',
      document: policy({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: '*',
        Condition: { StringNotEquals: { 'aws:PrincipalTag/team': 'red' } },
      }),
      targets: [B],
    };
    const document: DirectoryDocument = {
      ...organization,
      organizations: organization.organizations.map((one) => ({
        ...one,
        rcpEnabled: true,
        controlPolicies: [onlyRed],
      })),
      users: [tagged('alice', 'red'), tagged('bob', 'blue'), tagged('carol', 'blue'), tagged('dora', 'red')],
      resources: [
        { arn: BUCKET, accountId: B, policy: letIn(`${BUCKET}/*`) },
        { arn: point, accountId: A, policy: letIn(`${point}/object/*`), accessPoint: { bucket: BUCKET, vpcId: null } },
      ],
    };
    const directory = await takeDirectory(() => undefined);
    onTestFinished(() => directory.close());
    await directory.apply(document);
    const access = createAccess(directory, catalog);
    const { subject: _, ...question } = aQuestion(A, 's3:GetObject', `${point}/object/x`);
    const { entries } = await access.whoCan(question, { limit: 100 }, NOON);
    const users = (document.users ?? []).map(({ arn }) => arn);
    const each = await access.decide(
      users.map((arn) => ({ ...question, subject: aSubject(arn) })),
      NOON,
    );
    expect(entries.map(({ answer }) => principalIdOf(answer.question.subject.principal))).toEqual(
      users.filter((_arn, index) => each[index]?.decision.allowed === true),
    );
    expect(entries).toHaveLength(2);
  });

  it('are of one partition where the Region that is assumed depends on it', async () => {
    const list = [{ ...allow('iam:ListUsers'), Condition: { StringEquals: { 'aws:RequestedRegion': 'cn-north-1' } } }];
    const inChina = `arn:aws-cn:iam::${B}:user/li`;
    const document: DirectoryDocument = { users: [aUser('alice', list), aUser('', list, { arn: inChina })] };
    expect(await both(document, 'iam:ListUsers', '*')).toEqual([inChina]);
  });
});
