import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openCatalog } from '../../src/catalog/catalog.ts';
import type { Gathered, GatherRequest } from '../../src/directory/directory.ts';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { type OpenDirectory, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { type PostgresServer, sharedPostgres, startPostgres } from '../support/postgres-server.ts';
import { ALICE, APP, allow, BASE, BOB, BUCKET, DEVS, grant, HERE, POLICY, ref } from './documents.ts';

const catalog = await openCatalog();
const REQUEST: GatherRequest = {
  principals: [ref(ALICE), ref(BOB), ref(APP), ref(HERE)],
  roles: [APP],
  resources: [
    { arn: `${BUCKET}/x`, accountId: null },
    { arn: APP, accountId: null },
  ],
};

/** What was gathered, as values: who has which policies with which texts, and what is not known. */
function picture(gathered: Gathered): unknown {
  const principals = REQUEST.principals.map((each) => {
    const known = gathered.principal(each);
    return known && { facts: known.value.facts, policies: known.value.policies?.source, gaps: known.gaps };
  });
  const resources = REQUEST.resources.map(({ arn, accountId }) => {
    const { value, gaps } = gathered.resource(arn, accountId);
    return { facts: value.facts, gaps };
  });
  const printable = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && 'document' in value ? value.document : value;
  return JSON.parse(
    JSON.stringify({ principals, role: gathered.role(APP)?.value.facts ?? null, resources }, printable),
  );
}

describe('gateways on one server', () => {
  let url: string;
  let open: OpenDirectory[] = [];

  const gateway = async (): Promise<OpenDirectory> => {
    const directory = await openDirectory({ kind: 'server', url }, catalog);
    open.push(directory);
    return directory;
  };

  beforeEach(async () => {
    url = await (await sharedPostgres()).createMigrated();
  });

  afterEach(async () => {
    await Promise.all(open.map((directory) => directory.close()));
    open = [];
  });

  it('may start together on an empty database', async () => {
    url = await (await sharedPostgres()).createDatabase();
    const gateways = await Promise.all([gateway(), gateway(), gateway()]);
    for (const each of gateways) expect(await each.revision()).toBe(0n);
  });

  it("see each other's changes at once", async () => {
    const [one, other] = [await gateway(), await gateway()];
    await one.apply(BASE);
    await other.gather(REQUEST);
    await one.apply({ users: [{ arn: ALICE, inlinePolicies: [], attachedPolicies: [], groups: [] }] });
    expect((await other.gather(REQUEST)).principal(ref(ALICE))?.value.policies?.source.identity).toEqual([]);
    expect(await other.revision()).toBe(2n);
  });

  it('lose nothing when they write at the same time', async () => {
    const gateways = [await gateway(), await gateway()];
    await gateways[0]?.apply(BASE);
    const applied = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (gateways[index % 2] as OpenDirectory).apply({
          users: [
            { arn: `arn:aws:iam::${HERE}:user/u${index}`, attachedPolicies: [POLICY] },
            { arn: BOB, tags: { last: String(index) } },
          ],
        }),
      ),
    );
    expect(new Set(applied.map(({ revision }) => revision)).size).toBe(12);
    for (const each of gateways) {
      expect(await each.userArns({ limit: 100 })).toHaveLength(14);
      expect(await each.revision()).toBe(13n);
    }
  });

  it('answer from memory what a gateway that has just started reads, after any changes', async () => {
    const [writer, reader] = [await gateway(), await gateway()];
    const document = fc.oneof(
      fc
        .record({
          arn: fc.constantFrom(ALICE, BOB),
          id: fc.constantFrom('AIDA1', 'AIDA2', 'AIDA3'),
          groups: fc.subarray([DEVS]),
          attachedPolicies: fc.subarray([POLICY]),
          permissionsBoundary: fc.constantFrom(null, POLICY),
        })
        .map((user): DirectoryDocument => ({ groups: [{ arn: DEVS }], users: [user] })),
      fc
        .record({
          arn: fc.constant(DEVS),
          id: fc.constantFrom('AGPA1', 'AGPA2'),
          attachedPolicies: fc.subarray([POLICY]),
        })
        .map((group): DirectoryDocument => ({ groups: [group] })),
      fc.constantFrom('s3:*', 'sqs:*').map(
        (action): DirectoryDocument => ({
          policies: [{ arn: POLICY, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: allow(action) }] }],
        }),
      ),
      fc.constantFrom(ALICE, BOB).map(
        (who): DirectoryDocument => ({
          roles: [{ arn: APP, trustPolicy: grant(who, 'sts:AssumeRole'), attachedPolicies: [POLICY] }],
        }),
      ),
      fc
        .constantFrom(null, grant(ALICE, 's3:*', '*'))
        .map((policy): DirectoryDocument => ({ resources: [{ arn: BUCKET, accountId: HERE, policy }] })),
      fc.constantFrom('NONE' as const, { organizationId: 'o-exampleorg1', unitId: null }).map(
        (membership): DirectoryDocument => ({
          organizations: [
            { id: 'o-exampleorg1', rootId: 'r-abcd', managementAccountId: '999999999999', controlPolicies: [] },
          ],
          accounts: [{ id: HERE, membership }],
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(document, { minLength: 1, maxLength: 4 }), async (documents) => {
        for (const each of documents) {
          await writer.apply(each);
          const remembered = await reader.gather(REQUEST);
          expect(picture(await writer.gather(REQUEST))).toEqual(picture(remembered));
          const fresh = await openDirectory({ kind: 'server', url }, catalog);
          const read = await fresh.gather(REQUEST);
          await fresh.close();
          expect(picture(remembered)).toEqual(picture(read));
          expect(remembered.revision).toBe(read.revision);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('say that the database is gone, and go on when it is back', async () => {
    const server: PostgresServer = await startPostgres();
    onTestFinished(() => server.stop());
    url = await server.createDatabase();
    const directory = await gateway();
    await directory.apply(BASE);
    await directory.gather(REQUEST);
    await server.pause();
    try {
      for (const work of [
        () => directory.ping(),
        () => directory.gather(REQUEST),
        () => directory.apply({ users: [] }),
        () => directory.revision(),
        () => directory.prisma.user.count(),
        () => directory.keys.find('AKIA'),
      ]) {
        await expect(work()).rejects.toMatchObject({
          code: 'DIRECTORY_UNAVAILABLE',
          message: "the directory's database does not answer",
        });
      }
      await expect(openDirectory({ kind: 'server', url }, catalog)).rejects.toMatchObject({
        code: 'DIRECTORY_UNAVAILABLE',
      });
    } finally {
      await server.start();
    }
    await directory.ping();
    expect((await directory.gather(REQUEST)).principal(ref(ALICE))?.value.facts).toMatchObject({ id: 'AIDAALICE' });
    expect(await directory.apply({ users: [{ arn: BOB, tags: { a: 'b' } }] })).toMatchObject({ changed: true });
    expect(await directory.prisma.user.count()).toBe(2);
  });

  it('refuse a database that a newer version has migrated', async () => {
    const directory = await gateway();
    await directory.close();
    open = [];
    const { Client } = await import('pg');
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ('x', 'x', '29990101000000_future', now(), 1)`,
    );
    await client.end();
    await expect(openDirectory({ kind: 'server', url }, catalog)).rejects.toMatchObject({ code: 'DIRECTORY_TOO_NEW' });
  });
});

it('refuses a URL that is none', async () => {
  await expect(openDirectory({ kind: 'server', url: 'mysql://x' }, catalog)).rejects.toMatchObject({
    code: 'BAD_CONFIGURATION',
  });
});
