import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import type { WhoCan, WhoCanOptions } from '../../src/access/who-can-answer.ts';
import type { WhoCanAny } from '../../src/access/who-can-any.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { JsonObject } from '../../src/policy/json.ts';
import { type PrincipalRef, principalIdOf } from '../../src/policy/principal-id.ts';
import { MemoryDirectory } from '../support/memory-directory.ts';
import { A, anOrganization, aRole, aUser, B, policy, roleArn, userArn } from '../support/policies.ts';
import { aQuestion, NOON } from '../support/questions.ts';

// What the index answers is what deciding for each principal answers: the same list, with the same conditions, gaps and outsiders.

const catalog = await openCatalog();
const BUCKET = 'arn:aws:s3:::alice-b';
const OBJECT = `${BUCKET}/red/x`;
const KEY = `arn:aws:kms:eu-west-1:${A}:key/11111111-2222-3333-4444-555555555555`;
const GROUP = `arn:aws:iam::${A}:group/g`;
const TAGS = [{ team: 'red' }, { team: 'blue' }, {}];

const USERS = [A, B].flatMap((account) => [0, 1, 2, 3].map((n) => userArn(`u${n}`, account)));
const ROLES = [A, B].flatMap((account) => [
  ...[0, 1, 2].map((n) => roleArn(`r${n}`, account)),
  `arn:aws:iam::${account}:role/aws-service-role/x.amazonaws.com/Linked`,
]);

const conditions: fc.Arbitrary<JsonObject | null> = fc.option(
  fc.constantFrom<JsonObject>(
    { StringEquals: { 'aws:PrincipalTag/team': 'red' } },
    { StringNotEquals: { 'aws:PrincipalTag/team': ['red', 'green'] } },
    { ArnLike: { 'aws:PrincipalArn': [`arn:aws:iam::${A}:*`, roleArn('r1', B)] } },
    { ArnNotLike: { 'aws:PrincipalArn': `arn:aws:iam::*:role/r*` } },
    { StringLike: { 'aws:userid': ['AROAR0*:s*', 'AIDA*'] } },
    { StringNotLike: { 'aws:userid': '*:s1' } },
    { StringEquals: { 'aws:username': ['u0', 'u1'] } },
    { StringEquals: { 'aws:PrincipalAccount': A, 'aws:SourceVpc': 'v1' } },
    { StringEquals: { 's3:ExistingObjectTag/team': '${aws:PrincipalTag/team}' } },
    { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } },
    { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } },
    { StringEquals: { 'kms:CallerAccount': B } },
    { StringEquals: { 'aws:ResourceAccount': B } },
    { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    { DateLessThan: { 'aws:CurrentTime': '2027-01-01T00:00:00Z' } },
  ),
  { freq: 2, nil: null },
);
const actions = fc.constantFrom<JsonObject>(
  { Action: 's3:GetObject' },
  { Action: '*' },
  { Action: ['s3:Get*', 'kms:*'] },
  { NotAction: 'iam:*' },
  { Action: 'kms:Decrypt' },
  { Action: ['ec2:*', 's3:ListAllMyBuckets'] },
);
const resources = fc.constantFrom<JsonObject>(
  { Resource: '*' },
  { Resource: `${BUCKET}/*` },
  { Resource: 'arn:aws:s3:::${aws:username}-b/*' },
  { Resource: [`${BUCKET}/\${aws:PrincipalTag/team}/*`, KEY] },
  { NotResource: `${BUCKET}/\${aws:PrincipalTag/team}/*` },
  { NotResource: `${BUCKET}/blue/*` },
  { Resource: 'arn:aws:s3:::other/*' },
);
const effect = fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny');
const statement = fc.tuple(effect, actions, resources, conditions).map(
  ([Effect, action, resource, Condition]): JsonObject => ({
    Effect,
    ...action,
    ...resource,
    ...(Condition === null ? {} : { Condition }),
  }),
);
const document = fc.array(statement, { minLength: 1, maxLength: 2 }).map((statements) => policy(...statements));
/** Few documents, so that many hold the same. */
const documents = fc.array(document, { minLength: 4, maxLength: 4 });

const named = fc.oneof(
  fc.constantFrom<JsonObject | '*'>('*', { AWS: '*' }, { AWS: A }, { AWS: B }, { Service: 'ec2.amazonaws.com' }),
  fc.constantFrom<JsonObject>(
    { AWS: [USERS[0] ?? '', ROLES[4] ?? ''] },
    { AWS: [`arn:aws:sts::${A}:assumed-role/r0/s1`, B] },
    { AWS: 'AROAR10000' },
  ),
);
const onResource = fc.tuple(effect, named, conditions, fc.boolean()).map(
  ([Effect, Principal, Condition, isNegated]): JsonObject => ({
    Effect,
    ...(isNegated && Effect === 'Deny' ? { NotPrincipal: Principal } : { Principal }),
    Action: ['s3:*', 'kms:*'],
    Resource: '*',
    ...(Condition === null ? {} : { Condition }),
  }),
);

const holder = fc.record({
  inline: fc.option(fc.nat(3), { nil: null }),
  attached: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
  boundary: fc.option(fc.nat(3), { freq: 3, nil: null }),
  tags: fc.constantFrom(...TAGS),
  inGroup: fc.boolean(),
});

const { organizations, accounts } = anOrganization('999999999999', A, B);

const world: fc.Arbitrary<DirectoryDocument> = fc
  .record({
    documents,
    users: fc.array(holder, { minLength: USERS.length, maxLength: USERS.length }),
    roles: fc.array(holder, { minLength: ROLES.length, maxLength: ROLES.length }),
    bucket: fc.array(onResource, { maxLength: 3 }),
    key: fc.array(onResource, { maxLength: 2 }),
    control: fc.option(fc.tuple(document, document), { nil: null }),
  })
  .map(({ documents: texts, users, roles, bucket, key, control }): DirectoryDocument => {
    const arnOf = (n: number, account: string): string => `arn:aws:iam::${account}:policy/p${n}`;
    const held = ({ inline, attached, boundary, tags }: (typeof users)[number], account: string) => ({
      inlinePolicies: inline === null ? [] : [{ name: 'inline', document: texts[inline] ?? '' }],
      attachedPolicies: attached.map((n) => arnOf(n, account)),
      permissionsBoundary: boundary === null ? null : arnOf(boundary, account),
      tags,
    });
    const full = {
      name: 'Full',
      type: 'SERVICE_CONTROL_POLICY' as const,
      document: policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
    };
    const limiting = (control ?? []).map((text, n) => ({
      ...full,
      id: `p-limit${n}`,
      arn: `arn:aws:organizations::9:policy/${n}`,
      document: text,
      targets: [[A, B][n] ?? A],
    }));
    return {
      policies: [A, B].flatMap((account) =>
        texts.map((text, n) => ({
          arn: arnOf(n, account),
          defaultVersionId: 'v1',
          versions: [{ versionId: 'v1', document: text }],
        })),
      ),
      groups: [
        { arn: GROUP, inlinePolicies: [{ name: 'inline', document: texts[0] ?? '' }], attachedPolicies: [arnOf(1, A)] },
      ],
      users: users.map((one, index) => {
        const arn = USERS[index] ?? '';
        const account = arn.includes(A) ? A : B;
        return {
          ...aUser('', []),
          arn,
          id: `AIDAU${index}0000`,
          ...held(one, account),
          ...(one.inGroup && account === A ? { groups: [GROUP] } : {}),
        };
      }),
      roles: roles.map((one, index) => {
        const arn = ROLES[index] ?? '';
        return { ...aRole('', [], []), arn, id: `AROAR${index}0000`, ...held(one, arn.includes(A) ? A : B) };
      }),
      resources: [
        { arn: BUCKET, accountId: A, policy: bucket.length === 0 ? null : policy(...bucket) },
        { arn: KEY, accountId: A, policy: key.length === 0 ? null : policy(...key) },
      ],
      accounts,
      organizations: organizations.map((one) => ({
        ...one,
        scpEnabled: control !== null,
        ...(control === null
          ? {}
          : {
              controlPolicies: [
                { ...full, id: 'p-full', arn: 'arn:aws:organizations::aws:policy/p-full', targets: ['r-abcd', A, B] },
                ...limiting,
              ],
            }),
      })),
    };
  });

const asked = fc.constantFrom(
  ['s3:GetObject', OBJECT, {}] as const,
  ['s3:GetObject', OBJECT, { 'aws:SourceVpc': 'v1', 'aws:MultiFactorAuthPresent': 'true' }] as const,
  ['kms:Decrypt', KEY, {}] as const,
  ['ec2:DescribeInstances', '*', {}] as const,
  ['s3:ListAllMyBuckets', '*', {}] as const,
);

function shown({ entries, total, before, outsiders, gaps, resourceGaps }: WhoCan): unknown {
  const listed = entries.map(({ answer, conditions: open }) => [
    principalIdOf(answer.question.subject.principal),
    answer.decision.effect,
    open,
  ]);
  return { listed, total, before, outsiders: outsiders.map(({ kind, value }) => [kind, value]), gaps, resourceGaps };
}

describe('the index', () => {
  it('answers as deciding for each principal does', async () => {
    await fc.assert(
      fc.asyncProperty(world, asked, fc.boolean(), async (directory, [action, resource, context], conditional) => {
        const { subject: _, ...question } = aQuestion(A, action, resource, { context });
        const ask = async (isIndexed: boolean, options: Partial<WhoCanOptions>): Promise<WhoCan> => {
          const memory = new MemoryDirectory(directory, catalog);
          memory.isIndexed = isIndexed;
          return createAccess(memory, catalog).whoCan(question, { limit: 100, conditional, ...options }, NOON);
        };
        const whole = await ask(false, {});
        expect(shown(await ask(true, {}))).toEqual(shown(whole));
        const first = whole.entries[0]?.answer.question.subject.principal;
        const after = first === undefined ? null : principalIdOf(first);
        expect(shown(await ask(true, { after, limit: 2 }))).toEqual(shown(await ask(false, { after, limit: 2 })));
        const visible = async (some: readonly PrincipalRef[]): Promise<readonly boolean[]> =>
          some.map((one) => !principalIdOf(one).endsWith('1'));
        const inB = { scope: { accounts: [B], visible } };
        expect(shown(await ask(true, inB))).toEqual(shown(await ask(false, inB)));
      }),
      { numRuns: 60 },
    );
  });

  it('knows whose resource `*` is, for each caller, as decisions do', async () => {
    const own = { Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource: '*' };
    const inB = { ...own, Condition: { StringEquals: { 'aws:ResourceAccount': B } } };
    const directory = { users: [aUser('w0', [inB]), aUser('x0', [inB], { arn: userArn('x0', B) })] };
    const { subject: _, ...question } = aQuestion(A, 's3:ListAllMyBuckets', '*');
    const ask = async (isIndexed: boolean): Promise<unknown> => {
      const memory = new MemoryDirectory(directory, catalog);
      memory.isIndexed = isIndexed;
      return shown(await createAccess(memory, catalog).whoCan(question, { limit: 10 }, NOON));
    };
    expect(await ask(true)).toEqual(await ask(false));
  });

  it('asks on the ARN that an action without resources is asked on, as decisions do', async () => {
    const may = (Resource: string) => ({ Effect: 'Allow', Action: 's3:ListAllMyBuckets', Resource });
    const not = (NotResource: string) => ({ Effect: 'Allow', Action: 's3:*', NotResource });
    const [wide, tagged] = [may('arn:aws:s3:::*'), not('arn:aws:s3:::${aws:PrincipalTag/team}/*')];
    const users = [
      aUser('a', [wide]),
      aUser('b', [may('arn:aws:s3:::other')]),
      aUser('c', [tagged], { tags: { team: 'red' } }),
      aUser('d', [tagged]),
      aUser('e', [wide], { arn: userArn('e', B) }),
    ];
    const { subject: _, ...question } = aQuestion(A, 's3:ListAllMyBuckets', '*');
    const ask = async (isIndexed: boolean) => {
      const memory = new MemoryDirectory({ users }, catalog);
      memory.isIndexed = isIndexed;
      return createAccess(memory, catalog).whoCan(question, { limit: 10 }, NOON);
    };
    const found = await ask(true);
    expect(shown(found)).toEqual(shown(await ask(false)));
    expect(found.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal))).toEqual([
      userArn('a'),
      userArn('c'),
      userArn('e', B),
    ]);
  });

  it('takes control policies of two organizations for what they are, whatever their ids', async () => {
    const all = { Effect: 'Allow', Action: '*', Resource: '*' };
    const control = (member: string, ...more: readonly JsonObject[]) => ({
      name: 'Same',
      type: 'SERVICE_CONTROL_POLICY' as const,
      id: 'p-samename1',
      arn: `arn:aws:organizations::${member}:policy/o/service_control_policy/p-samename1`,
      document: policy(all, ...more),
    });
    const organizationOf = (
      id: string,
      root: string,
      management: string,
      member: string,
      ...more: readonly JsonObject[]
    ) => ({
      id,
      rootId: root,
      managementAccountId: management,
      units: [],
      scpEnabled: true,
      rcpEnabled: false,
      controlPolicies: [{ ...control(member, ...more), targets: [root, member] }],
    });
    const membership = (organizationId: string) => ({ organizationId, unitId: null });
    const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
    for (const [inA, inB] of [
      [[deny], []],
      [[], [deny]],
    ]) {
      const directory: DirectoryDocument = {
        organizations: [
          organizationOf('o-aaaaaaaaaa', 'r-aaaa', '888888888888', A, ...(inA ?? [])),
          organizationOf('o-bbbbbbbbbb', 'r-bbbb', '999999999999', B, ...(inB ?? [])),
        ],
        accounts: [
          { id: A, membership: membership('o-aaaaaaaaaa') },
          { id: '888888888888', membership: membership('o-aaaaaaaaaa') },
          { id: B, membership: membership('o-bbbbbbbbbb') },
          { id: '999999999999', membership: membership('o-bbbbbbbbbb') },
        ],
        users: [
          aUser('x', [{ ...all, Action: 's3:*' }]),
          aUser('y', [{ ...all, Action: 's3:*' }], { arn: userArn('y', B) }),
        ],
      };
      const { subject: _, ...question } = aQuestion(A, 's3:ListAllMyBuckets', '*');
      const ask = async (isIndexed: boolean) => {
        const memory = new MemoryDirectory(directory, catalog);
        memory.isIndexed = isIndexed;
        return createAccess(memory, catalog).whoCan(question, { limit: 10 }, NOON);
      };
      const found = await ask(true);
      expect(shown(found)).toEqual(shown(await ask(false)));
      const may = found.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal));
      expect(may).toEqual([inA?.length === 0 ? userArn('x') : userArn('y', B)]);
    }
  });

  it('tells actions apart that differ by a character that no action has', async () => {
    const may = (Action: string) => ({ Effect: 'Allow', Action, Resource: '*' });
    const users = [aUser('a', [may('s3:get\0')]), aUser('b', [may('s3:Get*')]), aUser('c', [may('s3:get\u0001')])];
    const { subject: _, ...question } = aQuestion(A, 's3:GetObject', OBJECT, { resourceAccount: A });
    for (const order of [users, users.toReversed()]) {
      const memory = new MemoryDirectory({ users: order }, catalog);
      memory.isIndexed = true;
      const { entries } = await createAccess(memory, catalog).whoCan(question, { limit: 10 }, NOON);
      expect(entries.map(({ answer }) => principalIdOf(answer.question.subject.principal))).toEqual([userArn('b')]);
    }
  });

  it('answers for a pattern as deciding for each principal does', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.boolean(), async (directory, onAll) => {
        const { subject: _, ...question } = aQuestion(A, 's3:GetObject', `${BUCKET}/r*`);
        const ask = async (isIndexed: boolean): Promise<unknown> => {
          const memory = new MemoryDirectory(directory, catalog);
          memory.isIndexed = isIndexed;
          const asked = { ...question, resourceIsPattern: true };
          const found = await createAccess(memory, catalog).whoCan(asked, { limit: 100, onAll }, NOON);
          return [shown(found), found.entries.map(({ answer }) => answer.coverage)];
        };
        expect(await ask(true)).toEqual(await ask(false));
      }),
      { numRuns: 40 },
    );
  });

  it('answers for several actions as for each of them', async () => {
    const actions = ['s3:GetObject', 's3:GetObjectTagging', 's3:PutObject'];
    await fc.assert(
      fc.asyncProperty(world, fc.boolean(), async (directory, conditional) => {
        const { subject: _, action: _of, ...question } = aQuestion(A, '', OBJECT);
        const tools = (isIndexed: boolean) => {
          const memory = new MemoryDirectory(directory, catalog);
          memory.isIndexed = isIndexed;
          return createAccess(memory, catalog);
        };
        const expected = new Map<string, unknown[]>();
        for (const action of actions) {
          const { entries } = await tools(false).whoCan({ ...question, action }, { limit: 100, conditional }, NOON);
          for (const { answer, conditions: open } of entries) {
            const arn = principalIdOf(answer.question.subject.principal);
            expected.set(arn, [...(expected.get(arn) ?? []), [action, answer.decision.effect, open]]);
          }
        }
        const pages = async (isIndexed: boolean): Promise<readonly unknown[]> => {
          const access = tools(isIndexed);
          const listed: [string, unknown][] = [];
          for (let list: WhoCanAny['list'] = null; ; ) {
            const after = listed.at(-1)?.[0] ?? null;
            const page = await access.whoCanAny({ ...question, actions }, { limit: 3, after, conditional, list }, NOON);
            expect([page.total, page.before]).toEqual([expected.size, listed.length]);
            for (const { answer, actions: may = [] } of page.entries) {
              const said = may.map((one) => [one.answer.question.action, one.answer.decision.effect, one.conditions]);
              listed.push([principalIdOf(answer.question.subject.principal), said]);
            }
            if (page.entries.length < 3) return listed;
            list = page.list;
          }
        };
        const scanned = await pages(false);
        expect(new Map(scanned as [string, unknown][])).toEqual(expected);
        expect(await pages(true)).toEqual(scanned);
      }),
      { numRuns: 40 },
    );
  });
});
