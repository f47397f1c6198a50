import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Gathered, GatherRequest } from '../../src/directory/directory.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import type { StatementListener } from '../../src/directory/prisma/database.ts';
import type { OpenDirectory } from '../../src/directory/prisma/open-directory.ts';
import type { RoleSessionRecord } from '../../src/directory/stores/session-store.ts';
import { MAX_DOCUMENT_LENGTH } from '../../src/policy/load.ts';
import { ALICE, APP, allow, BASE, BOB, BUCKET, DEVS, grant, HERE, POLICY, READ_ONLY, ref, THERE } from './documents.ts';

const EVERYTHING: GatherRequest = {
  principals: [ref(ALICE), ref(BOB), ref(APP), ref(HERE), ref('ec2.amazonaws.com'), ref('anonymous')],
  roles: [APP],
  resources: [
    { arn: `${BUCKET}/key`, accountId: null },
    { arn: BUCKET, accountId: null },
    { arn: APP, accountId: null },
    { arn: '*', accountId: null },
  ],
};

const NOON = Date.parse('2026-06-01T12:00:00Z');
const SESSION_ARN = `arn:aws:sts::${HERE}:assumed-role/App/s1`;

function aSession(values: Partial<RoleSessionRecord> = {}): Omit<RoleSessionRecord, 'endedAt'> {
  return {
    id: 'session-1',
    accessKeyId: 'ASIA1',
    arn: SESSION_ARN,
    roleArn: APP,
    roleId: 'AROAAPP',
    roleSessionName: 's1',
    sourceIdentity: 'alice',
    tags: { cost: 'a' },
    transitiveTagKeys: ['cost'],
    sessionPolicies: [allow('ec2:DescribeInstances')],
    sessionPolicyArns: [POLICY],
    assumedBy: ALICE,
    assumedById: 'AIDAALICE',
    federatedProvider: null,
    parentId: null,
    issuedAt: NOON,
    expiresAt: NOON + 3_600_000,
    ...values,
  };
}

function policyIds(gathered: Gathered, principal: string): readonly string[] | undefined {
  return gathered.principal(ref(principal))?.value.policies?.source.identity.map((policy) => policy.id);
}

/** One place, which holds a directory: opens it, with nothing in memory. */
export type Place = (onStatement: StatementListener) => Promise<OpenDirectory>;

/** A kind of store. */
export interface StoreUnderTest {
  /** A place with an empty directory. */
  readonly fresh: () => Promise<Place>;
  /** As `fresh`, and opened from the start each time, as when a gateway starts. */
  readonly kept: () => Promise<Place>;
  /** Whether one directory can be open twice. */
  readonly shared: boolean;
}

/** What every directory keeps to, wherever it is stored. */
export function describeDirectory(name: string, store: StoreUnderTest): void {
  describe(`a directory ${name}`, () => {
    let directory: OpenDirectory;
    let place: Place;
    const statements: string[] = [];

    const open = (): Promise<OpenDirectory> => place((sql) => void statements.push(sql));

    const counted = async (work: () => Promise<unknown>): Promise<number> => {
      statements.length = 0;
      await work();
      return statements.length;
    };

    async function begin(...documents: readonly DirectoryDocument[]): Promise<void> {
      await beginIn(store.fresh, ...documents);
    }

    async function beginIn(fresh: () => Promise<Place>, ...documents: readonly DirectoryDocument[]): Promise<void> {
      await directory?.close();
      place = await fresh();
      directory = await open();
      for (const document of documents) await directory.apply(document);
    }

    afterAll(() => directory?.close());

    describe('that is new', () => {
      beforeAll(() => begin());

      it('is empty, at revision 0, and answers', async () => {
        expect(await directory.isEmpty()).toBe(true);
        expect(await directory.revision()).toBe(0n);
        expect(directory.size).toEqual({ principals: 0, roles: 0, resources: 0 });
        await directory.ping();
      });

      it('knows nobody but who needs no entry, and says what it does not know', async () => {
        const gathered = await directory.gather(EVERYTHING);
        expect(gathered.principal(ref(ALICE))).toBeNull();
        expect(gathered.role(APP)).toBeNull();
        expect(gathered.principal(ref('anonymous'))).toMatchObject({
          value: { facts: { kind: 'anonymous' } },
          gaps: [],
        });
        expect(gathered.principal(ref(HERE))?.gaps).toEqual([
          `the account ${HERE} is not in the directory: control policies of its organization are not considered`,
        ]);
        expect(gathered.resource(`${BUCKET}/key`, null).gaps).toEqual([
          `the account that owns ${BUCKET}/key is not known: it is taken to be the principal's`,
          `${BUCKET} is not in the directory: a resource-based policy of it is not considered`,
        ]);
        expect(gathered.resource('*', null).gaps).toEqual([]);
      });

      it('keeps the first fingerprint of a master key', async () => {
        const open = async (fingerprint: string) => {
          const generations = await directory.masterKeys.open([fingerprint], { markOf: () => null, at: 1 });
          return generations.map((each) => each.fingerprint);
        };
        expect(await open('one')).toEqual(['one']);
        expect(await open('two')).toEqual(['one']);
      });
    });

    describe('to which a document was applied', () => {
      beforeAll(() => begin(BASE));

      it('gives a user with own, attached and group policies and its boundary', async () => {
        const gathered = await directory.gather(EVERYTHING);
        const alice = gathered.principal(ref(ALICE));
        expect(alice?.gaps).toEqual([]);
        expect(alice?.value.facts).toEqual({
          kind: 'user',
          accountId: HERE,
          partition: 'aws',
          organization: null,
          arn: ALICE,
          id: 'AIDAALICE',
          name: 'alice',
          tags: { Team: 'blue' },
        });
        expect(policyIds(gathered, ALICE)).toEqual(['own', READ_ONLY, 'logs', POLICY]);
        expect(alice?.value.policies?.source.boundary).toMatchObject({
          id: POLICY,
          arn: POLICY,
          policy: { kind: 'boundary' },
        });
        // The default version counts.
        expect(alice?.value.policies?.source.boundary?.policy.source.document).toEqual(
          JSON.parse(allow('sqs:SendMessage')),
        );
        expect(policyIds(gathered, BOB)).toEqual([]);
      });

      it('gives a role to be assumed, as a principal and as a resource', async () => {
        const gathered = await directory.gather(EVERYTHING);
        expect(gathered.role(APP)).toMatchObject({
          gaps: [],
          value: {
            facts: { id: 'AROAAPP', name: 'App', path: '/team/', tags: { app: 'x' } },
            maxSessionDuration: 7200,
          },
        });
        expect(gathered.principal(ref(APP))?.value.facts).toMatchObject({
          kind: 'roleSession',
          sessionName: null,
          issuedAt: null,
        });
        expect(gathered.resource(APP, null).value).toBe(gathered.role(APP)?.value.trust);
        expect(gathered.role(APP)?.value.trust.facts).toMatchObject({
          accountId: HERE,
          policy: { id: APP, policy: { kind: 'trust' } },
        });
      });

      it('gives an object the policy and owner of its bucket, and no tags of its own', async () => {
        const gathered = await directory.gather(EVERYTHING);
        expect(gathered.resource(`${BUCKET}/key`, null).value.facts).toMatchObject({
          accountId: THERE,
          tags: null,
          policy: { id: BUCKET },
        });
        expect(gathered.resource(BUCKET, null).value.facts.tags).toEqual({ kind: 'data' });
        expect(gathered.resource(`${BUCKET}/key`, null).gaps).toEqual([
          `the organization of the account ${THERE} is not known: its control policies are not considered`,
        ]);
      });

      it('changes nothing when the document comes again', async () => {
        const before = await directory.revision();
        expect(await directory.apply(BASE)).toMatchObject({
          changed: false,
          revision: before,
          users: 2,
          roles: 1,
          warnings: [],
        });
        expect(await directory.revision()).toBe(before);
      });

      it('lists ARNs in pages', async () => {
        expect(await directory.userArns({ limit: 1 })).toEqual([ALICE]);
        expect(await directory.userArns({ limit: 5, after: ALICE })).toEqual([BOB]);
        expect(await directory.userArns({ limit: 5, accountId: THERE })).toEqual([]);
        expect(await directory.roleArns({ limit: 5, accountId: HERE })).toEqual([APP]);
        expect(await directory.resourceArnsWithPolicy({ limit: 5 })).toEqual([BUCKET]);
        expect(await directory.resourceArns({ limit: 5 })).toContain(BUCKET);
        expect(await directory.isEmpty()).toBe(false);
      });

      it('says how large it is without waiting', () => {
        expect(directory.size).toEqual({ principals: 3, roles: 1, resources: 1 });
      });

      it('is read through Prisma and refuses to be written through it', async () => {
        const alice = await directory.prisma.user.findUniqueOrThrow({
          where: { arn: ALICE },
          include: { memberships: true },
        });
        expect(alice).toMatchObject({
          createdAt: new Date('2024-05-01T08:00:00Z'),
          tags: { Team: 'blue' },
          memberships: [{ groupId: 'AGPADEVS' }],
        });
        await expect(directory.prisma.user.deleteMany()).rejects.toThrow('refuses `deleteMany`');
        await expect(directory.prisma.$executeRaw`DELETE FROM "User"`).rejects.toThrow('refuses `$executeRaw`');
        expect(await directory.prisma.user.count()).toBe(2);
      });
    });

    describe('that changes', () => {
      beforeEach(() => begin(BASE));

      it('replaces the lists that are given and keeps the others', async () => {
        await directory.gather(EVERYTHING);
        await directory.apply({
          users: [{ arn: ALICE, inlinePolicies: [{ name: 'new', document: allow('s3:*') }], groups: [] }],
        });
        const gathered = await directory.gather(EVERYTHING);
        expect(policyIds(gathered, ALICE)).toEqual(['new', READ_ONLY]);
        expect(gathered.principal(ref(ALICE))?.value.facts).toMatchObject({ id: 'AIDAALICE', tags: { Team: 'blue' } });
        expect(gathered.revision).toBe(2n);
      });

      it('keeps in memory what a change does not touch, and drops what it touches', async () => {
        const before = await directory.gather(EVERYTHING);
        await directory.apply({ groups: [{ arn: DEVS, inlinePolicies: [] }] });
        const after = await directory.gather(EVERYTHING);
        expect(policyIds(after, ALICE)).toEqual(['own', READ_ONLY, POLICY]);
        expect(after.principal(ref(BOB))?.value).toBe(before.principal(ref(BOB))?.value);
        expect(after.role(APP)?.value).toBe(before.role(APP)?.value);
        // What was gathered before stays as it was.
        expect(policyIds(before, ALICE)).toEqual(['own', READ_ONLY, 'logs', POLICY]);
      });

      it('sees a new version of a policy wherever it is attached', async () => {
        await directory.gather(EVERYTHING);
        await directory.apply({
          policies: [
            { arn: POLICY, defaultVersionId: 'v3', versions: [{ versionId: 'v3', document: allow('kms:*') }] },
          ],
        });
        const source = (await directory.gather(EVERYTHING)).principal(ref(ALICE))?.value.policies?.source;
        expect(source?.boundary?.policy.source.document).toEqual(JSON.parse(allow('kms:*')));
        expect(await directory.prisma.policyVersion.count({ where: { policyId: 'ANPAOWN' } })).toBe(3);
      });

      it('is left as it was by a document that cannot be applied', async () => {
        const bad = {
          users: [
            { arn: `arn:aws:iam::${HERE}:user/new` },
            { arn: ALICE, groups: [`arn:aws:iam::${HERE}:group/none`] },
          ],
        };
        await expect(directory.apply(bad)).rejects.toMatchObject({
          code: 'BAD_USER_INPUT',
          field: 'document',
          message: `${ALICE}: there is no group arn:aws:iam::${HERE}:group/none`,
        });
        const long = JSON.stringify({ Statement: 'x'.repeat(MAX_DOCUMENT_LENGTH) });
        await expect(
          directory.apply({ users: [{ arn: BOB, inlinePolicies: [{ name: 'p', document: long }] }] }),
        ).rejects.toThrow(/inline policy p: a policy document has at most \d+ characters, this one \d+/);
        await expect(directory.apply({ users: [{ arn: 'arn:aws:iam::1:user/x' }] })).rejects.toThrow(
          /names no account of twelve digits/,
        );
        expect(await directory.userArns({ limit: 9 })).toEqual([ALICE, BOB]);
        expect(await directory.revision()).toBe(1n);
      });

      it("gives another id, with a warning, to an ARN whose id is somebody else's", async () => {
        const carol = `arn:aws:iam::${HERE}:user/carol`;
        const { warnings } = await directory.apply({ users: [{ arn: carol, id: 'AIDABOB' }, { arn: `${carol}2` }] });
        expect(warnings).toEqual([`user ${carol}: its unique id \`AIDABOB\` is that of ${BOB}; it gets another one`]);
        const rows = await directory.prisma.user.findMany({ where: { arn: { startsWith: carol } } });
        for (const row of rows) expect(row.id).toMatch(/^AIDA[A-Z2-7]{17}$/);
        expect(await directory.apply({ users: [{ arn: carol, id: 'AIDABOB' }] })).toMatchObject({ changed: false });
      });

      it('makes a made-up id good without taking the user for another one', async () => {
        const carol = `arn:aws:iam::${HERE}:user/carol`;
        await directory.apply({
          users: [{ arn: carol, groups: [DEVS] }],
          accessKeys: [{ id: 'AKIACAROL', user: carol }],
        });
        await directory.apply({ users: [{ arn: carol, id: 'AIDACAROL' }] });
        expect(policyIds(await directory.gather({ ...EVERYTHING, principals: [ref(carol)] }), carol)).toEqual([
          'logs',
          POLICY,
        ]);
        expect(await directory.keys.find('AKIACAROL')).toMatchObject({ owner: { id: 'AIDACAROL' } });
      });

      it('keeps unknown policies by name, and says so', async () => {
        const unknown = `arn:aws:iam::${HERE}:policy/Unknown`;
        const { warnings } = await directory.apply({ users: [{ arn: BOB, attachedPolicies: [unknown] }], roles: [] });
        expect(warnings).toEqual([`user ${BOB}: the document of the attached policy ${unknown} is not known`]);
        const bob = (await directory.gather(EVERYTHING)).principal(ref(BOB));
        expect(bob?.gaps).toEqual([
          `the policy ${unknown}, attached to ${BOB}, is left out: its document is not known`,
        ]);
        const known = {
          policies: [
            {
              arn: unknown,
              id: 'ANPALATER',
              defaultVersionId: 'v1',
              versions: [{ versionId: 'v1', document: allow('sns:*') }],
            },
          ],
        };
        await directory.apply(known);
        const later = await directory.gather(EVERYTHING);
        expect(later.principal(ref(BOB))?.gaps).toEqual([]);
        expect(policyIds(later, BOB)).toEqual([unknown]);
        expect(await directory.apply(known)).toMatchObject({ changed: false });
      });

      it('lets what is no policy close the door, whether it grants or restricts', async () => {
        const broken = `arn:aws:iam::${HERE}:policy/Broken`;
        await directory.apply({
          policies: [
            {
              arn: broken,
              defaultVersionId: 'v1',
              versions: [{ versionId: 'v1', document: '{"Version":"2012-10-17"}' }],
            },
          ],
          users: [{ arn: BOB, attachedPolicies: [broken], permissionsBoundary: broken }],
        });
        const bob = (await directory.gather(EVERYTHING)).principal(ref(BOB));
        expect(bob?.value.policies?.source.identity).toMatchObject([{ id: broken, policy: { closed: true } }]);
        expect(bob?.value.policies?.source.boundary?.policy).toMatchObject({ closed: true, statements: [] });
        expect(bob?.value.closedBy).toBe('PERMISSIONS_BOUNDARY');
        expect(bob?.gaps).toEqual([
          `the policy ${broken}, attached to ${BOB}, cannot be read, so that nothing is allowed: \`Statement\` is missing`,
          `the permissions boundary of ${BOB}, ${broken} is taken to allow nothing: \`Statement\` is missing`,
        ]);
      });
    });

    describe('whose principals are recreated', () => {
      beforeEach(() => begin(BASE));

      it('ends what the old one had and kills the grants that name it', async () => {
        await directory.apply({ accessKeys: [{ id: 'AKIAALICE', user: ALICE }] });
        expect(await directory.keys.find('AKIAALICE')).toMatchObject({ active: true, owner: { arn: ALICE } });
        await directory.gather(EVERYTHING);
        await directory.apply({ users: [{ arn: ALICE, id: 'AIDASECOND' }] });
        const gathered = await directory.gather(EVERYTHING);
        expect(gathered.principal(ref(ALICE))?.value.facts).toMatchObject({ id: 'AIDASECOND', tags: {} });
        expect(policyIds(gathered, ALICE)).toEqual([]);
        expect(await directory.keys.find('AKIAALICE')).toBeNull();
        expect(gathered.role(APP)?.value.trust.facts.policyBindings).toEqual({ [ALICE]: 'AIDAALICE' });
        expect(gathered.resource(`${BUCKET}/key`, null).value.facts.policyBindings).toEqual({ [ALICE]: 'AIDAALICE' });

        // A third one does not bring the grant back to the second.
        await directory.apply({ users: [{ arn: ALICE, id: 'AIDATHIRD' }] });
        expect((await directory.gather(EVERYTHING)).role(APP)?.value.trust.facts.policyBindings).toEqual({
          [ALICE]: 'AIDAALICE',
        });

        // Written anew, a policy means whoever has the name now.
        await directory.apply({ roles: [{ arn: APP, trustPolicy: grant(ALICE, 'sts:AssumeRole') }] });
        const written = await directory.gather(EVERYTHING);
        expect(written.role(APP)?.value.trust.facts.policyBindings).toEqual({});
        expect(written.resource(`${BUCKET}/key`, null).value.facts.policyBindings).toEqual({ [ALICE]: 'AIDAALICE' });
      });

      it('finds the name however the policy spells it, and not where it is only part of another', async () => {
        const spelled = grant(ALICE, 's3:GetObject', '*').replace('user/alice', 'user\\u002falice');
        const queue = `arn:aws:sqs:eu-west-1:${HERE}:q`;
        await directory.apply({
          resources: [
            { arn: queue, accountId: HERE, policy: spelled },
            { arn: `${queue}2`, accountId: HERE, policy: grant(`${ALICE}2`, 'sqs:*', '*') },
          ],
        });
        await directory.apply({ users: [{ arn: ALICE, id: 'AIDASECOND' }] });
        const request = {
          ...EVERYTHING,
          resources: [
            { arn: queue, accountId: null },
            { arn: `${queue}2`, accountId: null },
          ],
        };
        const gathered = await directory.gather(request);
        expect(gathered.resource(queue, null).value.facts.policyBindings).toEqual({ [ALICE]: 'AIDAALICE' });
        expect(gathered.resource(`${queue}2`, null).value.facts.policyBindings).toEqual({});
      });

      it('ends the sessions of a role', async () => {
        await directory.sessions.create(aSession());
        const asked = { ...EVERYTHING, principals: [ref(SESSION_ARN)], now: NOON };
        const before = await directory.gather(asked);
        expect(before.session(ref(SESSION_ARN))?.roleId).toBe('AROAAPP');
        expect(before.principal(ref(SESSION_ARN))?.gaps.join()).not.toContain('no live session');
        await directory.apply({ roles: [{ arn: APP, id: 'AROASECOND', trustPolicy: grant(ALICE, 'sts:AssumeRole') }] });
        // Who is asked about by that ARN is a session that the new role could have.
        const after = await directory.gather(asked);
        expect(after.session(ref(SESSION_ARN))).toBeNull();
        expect(after.principal(ref(SESSION_ARN))?.gaps.join()).toContain('no live session');
        expect(await directory.sessions.find('session-1')).toBeNull();
      });
    });

    describe('with an organization', () => {
      const control = (id: string, document: string, ...targets: string[]) =>
        ({ id, type: 'SERVICE_CONTROL_POLICY', name: id, document, targets }) as const;
      const organization = {
        id: 'o-exampleorg1',
        rootId: 'r-abcd',
        managementAccountId: THERE,
        units: [
          { id: 'ou-abcd-aaaaaaaa', name: 'All', parentId: null },
          { id: 'ou-abcd-bbbbbbbb', name: 'Dev', parentId: 'ou-abcd-aaaaaaaa' },
        ],
        controlPolicies: [
          control('p-FullAWSAccess', allow('*'), 'r-abcd', 'ou-abcd-bbbbbbbb', HERE),
          control('p-other', allow('s3:*'), 'ou-abcd-aaaaaaaa'),
        ],
      };
      const accounts = [
        { id: HERE, membership: { organizationId: organization.id, unitId: 'ou-abcd-bbbbbbbb' } },
        { id: THERE, membership: { organizationId: organization.id, unitId: null } },
      ];

      beforeEach(() => begin(BASE, { organizations: [organization], accounts }));

      it('gives control policies level by level, and none to the management account', async () => {
        const gathered = await directory.gather({ ...EVERYTHING, principals: [ref(ALICE), ref(THERE)] });
        const alice = gathered.principal(ref(ALICE))?.value;
        expect(
          alice?.policies?.source.serviceControl?.map(({ level, policies }) => [
            level.id,
            ...policies.map(({ id }) => id),
          ]),
        ).toEqual([
          ['r-abcd', 'p-FullAWSAccess'],
          ['ou-abcd-aaaaaaaa', 'p-other'],
          ['ou-abcd-bbbbbbbb', 'p-FullAWSAccess'],
          [HERE, 'p-FullAWSAccess'],
        ]);
        expect(alice?.facts).toMatchObject({
          organization: {
            id: 'o-exampleorg1',
            managementAccountId: THERE,
            path: 'o-exampleorg1/r-abcd/ou-abcd-aaaaaaaa/ou-abcd-bbbbbbbb/',
          },
        });
        expect(gathered.principal(ref(THERE))?.value.policies?.source.serviceControl).toBeNull();
        expect(gathered.resource(`${BUCKET}/key`, null)).toMatchObject({
          gaps: [],
          value: { facts: { resourceControl: null, organization: { path: 'o-exampleorg1/r-abcd/' } } },
        });
      });

      it('gives resource control policies above an account to its principals, and none to those of the management account', async () => {
        const limit = {
          id: 'p-limit',
          type: 'RESOURCE_CONTROL_POLICY',
          name: 'p-limit',
          document: grant('*', 's3:*').replace('"Allow"', '"Deny"'),
          targets: ['r-abcd'],
        } as const;
        await begin(BASE, {
          organizations: [{ ...organization, controlPolicies: [...organization.controlPolicies, limit] }],
          accounts,
        });
        const gathered = await directory.gather({ ...EVERYTHING, principals: [ref(ALICE), ref(APP), ref(THERE)] });
        const above = (who: string) => gathered.principal(ref(who))?.value.policies?.source.resourceControl;
        for (const who of [ALICE, APP]) {
          expect(above(who)?.map(({ level, policies }) => [level.id, ...policies.map(({ id }) => id)])).toContainEqual([
            'r-abcd',
            'p-limit',
          ]);
        }
        // They bind no resources of the management account, those included that are only taken to be its own.
        expect(above(THERE)).toBeNull();
        expect(gathered.resource(`${BUCKET}/key`, null)?.value.facts.resourceControl).toBeNull();
      });

      it('shares the levels of an account among its principals', async () => {
        const gathered = await directory.gather(EVERYTHING);
        const levels = gathered.principal(ref(ALICE))?.value.policies?.source.serviceControl;
        expect(gathered.principal(ref(BOB))?.value.policies?.source.serviceControl).toBe(levels);
      });

      it('sees a control policy that changes, and an account that moves', async () => {
        await directory.gather(EVERYTHING);
        await directory.apply({
          organizations: [
            {
              ...organization,
              controlPolicies: [control('p-other', '{}', 'r-abcd')],
              units: organization.units.slice(0, 1),
            },
          ],
          accounts: [{ id: HERE, membership: { organizationId: organization.id, unitId: null } }],
        });
        const alice = (await directory.gather(EVERYTHING)).principal(ref(ALICE));
        expect(alice?.value.policies?.source.serviceControl).toMatchObject([
          {
            level: { id: 'r-abcd' },
            policies: [{ id: 'p-other', policy: { closed: true, statements: [] } }],
          },
          { level: { id: HERE }, policies: [] },
        ]);
        expect(alice?.gaps).toEqual([
          'the service control policy `p-other` cannot be read, so that nothing is allowed: `Statement` is missing',
        ]);
        expect(await directory.prisma.organizationalUnit.count()).toBe(1);
      });

      it('refuses units and organizations that there are none of', async () => {
        const nowhere = (organizationId: string, unitId: string) =>
          directory.apply({ accounts: [{ id: HERE, membership: { organizationId, unitId } }] });
        await expect(nowhere('o-none', 'ou-x')).rejects.toThrow('there is no organization `o-none`');
        await expect(nowhere(organization.id, 'ou-x')).rejects.toThrow(
          'there is no organizational unit `ou-x` in o-exampleorg1',
        );
      });
    });

    describe('with sessions and keys', () => {
      beforeEach(() => begin(BASE));
      const asked = (now?: number): GatherRequest => ({
        ...EVERYTHING,
        principals: [ref(SESSION_ARN), ref(BOB)],
        ...(now === undefined ? {} : { now }),
      });

      it("gives a live session with the role's policies, its own and its tags", async () => {
        await directory.sessions.create(aSession());
        const gathered = await directory.gather(asked(NOON + 1));
        const session = gathered.principal(ref(SESSION_ARN));
        expect(session?.value.facts).toMatchObject({
          kind: 'roleSession',
          role: { id: 'AROAAPP' },
          sessionName: 's1',
          tags: { cost: 'a' },
          sourceIdentity: 'alice',
          issuedAt: NOON,
        });
        expect(session?.value.session?.source.map(({ id }) => id)).toEqual(['session policy 1', POLICY]);
        expect(policyIds(gathered, SESSION_ARN)).toEqual(['app']);
        expect(gathered.session(ref(SESSION_ARN))).toEqual({ ...aSession(), endedAt: null });
        expect(await directory.sessions.find('session-1')).toEqual({ ...aSession(), endedAt: null });
      });

      it('ends a session once, at once, and leaves others in memory', async () => {
        await directory.sessions.create(aSession());
        const before = await directory.gather(asked(NOON));
        await directory.sessions.find('session-1');
        expect(await directory.sessions.end('session-1', NOON + 5_000, 'EXITED')).toMatchObject({
          endedAt: NOON + 5_000,
        });
        const revision = await directory.revision();
        expect(await directory.sessions.end('session-1', NOON + 9_000, 'REVOKED')).toMatchObject({
          endedAt: NOON + 5_000,
        });
        expect(await directory.revision()).toBe(revision);
        expect(await directory.sessions.end('none', NOON, 'EXITED')).toBeNull();
        const after = await directory.gather(asked(NOON + 6_000));
        expect(after.session(ref(SESSION_ARN))).toBeNull();
        expect(after.principal(ref(SESSION_ARN))?.gaps.join()).toContain('no live session');
        expect(after.principal(ref(BOB))?.value).toBe(before.principal(ref(BOB))?.value);
        expect(await directory.sessions.find('session-1')).toMatchObject({ endedAt: NOON + 5_000 });
        expect(await directory.sessions.live(SESSION_ARN, NOON)).toEqual([]);
      });

      it('speaks for the newest session of an ARN that is live at the instant asked about', async () => {
        await directory.sessions.create(aSession({ id: 'long', accessKeyId: 'ASIALONG', expiresAt: NOON + 7_200_000 }));
        await directory.sessions.create(
          aSession({ id: 'short', accessKeyId: 'ASIASHORT', issuedAt: NOON + 1_000, expiresAt: NOON + 900_000 }),
        );
        const at = async (now?: number) => (await directory.gather(asked(now))).session(ref(SESSION_ARN))?.id;
        expect(await at(NOON + 2_000)).toBe('short');
        expect(await at(NOON + 900_000)).toBe('long');
        expect(await at(NOON + 7_200_000)).toBeUndefined();
        expect(await at()).toBe('short');
        expect(await at(NOON + 2_000)).toBe('short');
        expect((await directory.sessions.live(SESSION_ARN, NOON + 2_000)).map(({ id }) => id)).toEqual([
          'short',
          'long',
        ]);
      });

      it('finds a session and a key that did not exist when they were first asked for', async () => {
        expect(await directory.sessions.find('session-1')).toBeNull();
        expect(await directory.keys.find('AKIANEW')).toBeNull();
        await directory.sessions.create(aSession());
        await directory.keys.create({ id: 'AKIANEW', userArn: BOB });
        expect(await directory.sessions.find('session-1')).toMatchObject({ id: 'session-1' });
        expect(await directory.keys.find('AKIANEW')).toEqual({
          id: 'AKIANEW',
          active: true,
          owner: { kind: 'user', id: 'AIDABOB', arn: BOB },
        });
      });

      it('gives a user two keys, a service its own, and nobody else any', async () => {
        await directory.keys.create({ id: 'AKIA1', userArn: ALICE });
        await directory.keys.create({ id: 'AKIA2', userArn: ALICE });
        await expect(directory.keys.create({ id: 'AKIA3', userArn: ALICE })).rejects.toMatchObject({
          code: 'LimitExceeded',
        });
        await expect(directory.keys.create({ id: 'AKIA3', userArn: `${ALICE}x` })).rejects.toMatchObject({
          code: 'NoSuchEntity',
        });
        await directory.keys.create({ id: 'AKIASERVICE', service: 'ec2.amazonaws.com' });
        expect(await directory.keys.find('AKIASERVICE')).toMatchObject({
          owner: { kind: 'service', service: 'ec2.amazonaws.com' },
        });
        expect(await directory.keys.find('AKIA3')).toBeNull();
      });
    });

    describe('of some size', () => {
      const many = Array.from({ length: 300 }, (_, index) => index);
      const user = (index: number): string => `arn:aws:iam::${HERE}:user/many${index}`;
      const request = (count: number): GatherRequest => ({
        principals: many.slice(0, count).map((index) => ref(user(index))),
        roles: [APP],
        resources: many.slice(0, count).map((index) => ({ arn: `${BUCKET}/${index}`, accountId: null })),
      });

      beforeAll(() =>
        begin(BASE, {
          users: many.map((index) => ({
            arn: user(index),
            groups: [DEVS],
            inlinePolicies: [{ name: 'own', document: allow('s3:GetObject', `${BUCKET}/${index}`) }],
          })),
        }),
      );

      it('costs the same few statements whatever is asked, and none or one when all is in memory', async () => {
        const cold = async (count: number): Promise<number> => {
          await directory.close();
          directory = await open();
          return counted(() => directory.gather(request(count)));
        };
        const one = await cold(1);
        expect(one).toBeLessThanOrEqual(8);
        expect(await cold(300)).toBe(one);
        expect(await counted(() => directory.gather(request(300)))).toBe(store.shared ? 1 : 0);
        expect(policyIds(await directory.gather(request(300)), user(299))).toEqual(['own', 'logs', POLICY]);
      });

      it('shares one read of the revision among requests that wait at the same time', async () => {
        await directory.gather(request(5));
        const reads = await counted(() => Promise.all(many.map(() => directory.gather(request(5)))));
        expect(reads).toBeLessThanOrEqual(store.shared ? 2 : 0);
      });

      // Larger ones are written in batches, between which others can use the process.
      it('applies a document of up to one batch in a number of statements that does not follow its size', async () => {
        const document = (count: number): DirectoryDocument => ({
          users: many.slice(0, count).map((index) => ({ arn: user(index), tags: { run: String(count) } })),
        });
        const few = await counted(() => directory.apply(document(2)));
        expect(await counted(() => directory.apply(document(120)))).toBe(few);
      });
    });

    it('keeps everything when it is closed and opened again', async () => {
      await beginIn(store.kept, BASE);
      await directory.sessions.create(aSession());
      const revision = await directory.revision();
      await directory.close();
      directory = await open();
      expect(await directory.revision()).toBe(revision);
      expect(await directory.sessions.find('session-1')).toMatchObject({ roleArn: APP });
      expect(policyIds(await directory.gather(EVERYTHING), ALICE)).toEqual(['own', READ_ONLY, 'logs', POLICY]);
    });
  });
}
