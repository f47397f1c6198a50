import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAccess } from '../../src/access/access.ts';
import { openCatalog } from '../../src/catalog/catalog.ts';
import { headerOf } from '../../src/directory/backup/form.ts';
import { restoreDirectory } from '../../src/directory/backup/restore-directory.ts';
import { writeBackup } from '../../src/directory/backup/write-backup.ts';
import { openEmbeddedDatabase } from '../../src/directory/prisma/embedded-database.ts';
import { migrateTo, prismaFolder } from '../../src/directory/prisma/migrate.ts';
import { type DirectoryOptions, openDirectory } from '../../src/directory/prisma/open-directory.ts';
import { A, allow, policy, roleArn, trusts, userArn } from '../support/policies.ts';
import { sharedPostgres } from '../support/postgres-server.ts';
import { aQuestion } from '../support/questions.ts';

/** The last migration of the version that wrote the backup. */
const LAST = '20261126195000_master_keys';
const NOW = Date.UTC(2026, 10, 27);
const ALICE = userArn('alice');
const R = roleArn('R');
const OWN = policy(allow('s3:GetObject'));
const TRUST = policy(trusts({ AWS: ALICE }));
const GONE = policy(allow('sqs:*'));

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const KEEP = { sessions: Infinity, changes: Infinity, documents: Infinity, events: Infinity };

/** What that version had stored. */
const ROWS: readonly string[] = [
  ...[OWN, TRUST, GONE].map((text) => `INSERT INTO "PolicyDocument" VALUES ('${sha256(text)}', '${text}')`),
  `INSERT INTO "Account" (id, membership) VALUES ('${A}', 'NONE')`,
  `INSERT INTO "User" (id, arn, "accountId", name, path, "createdAt") VALUES ('AIDAALICE', '${ALICE}', '${A}', 'alice', '/', now())`,
  `INSERT INTO "Role" (id, arn, "accountId", name, path, "createdAt", "trustPolicyHash")
   VALUES ('AROAR', '${R}', '${A}', 'R', '/', now(), '${sha256(TRUST)}')`,
  `INSERT INTO "InlinePolicy" (id, "userId", name, "documentHash") VALUES ('i1', 'AIDAALICE', 'own', '${sha256(OWN)}')`,
  `INSERT INTO "AccessKey" (id, "userId") VALUES ('AKIAALICEAAAAAAAAAAA', 'AIDAALICE')`,
  `INSERT INTO "RoleSession" (id, "roleId", "roleArn", "accessKeyId", arn, "roleSessionName", "transitiveTagKeys", "sessionPolicies",
     "sessionPolicyArns", "assumedBy", "issuedAt", "expiresAt", "endedAt", "endReason")
   VALUES ('s1', 'AROAR', '${R}', 'ASIA1', 'arn:aws:sts::${A}:assumed-role/R/one', 'one', '{}', '{}', '{}', '${ALICE}',
     '2026-01-01', '2026-01-01T01:00:00', '2026-01-01T00:30:00', 'EXITED')`,
  `INSERT INTO "AuditEvent" (at, event, principal, target, parameters, outcome)
   VALUES ('2026-01-01', 'PutUserPolicy', '${ALICE}', '${ALICE}', '{"policyName":"own","policyDocument":"sha256:${sha256(GONE)}"}', 'SUCCEEDED')`,
  `INSERT INTO "AuditEventAccount" VALUES ('${A}', 1)`,
  `INSERT INTO "AuditSpan" VALUES (0, '2026-01-01', '2026-01-01')`,
  `INSERT INTO "MasterKey" (generation, fingerprint, "createdAt") VALUES (1, '${sha256('key')}', now())`,
  `INSERT INTO "DirectoryChange" VALUES (1, 'User', '${ALICE}', '2026-01-01')`,
  `UPDATE "DirectoryState" SET revision = 1, "masterKeyFingerprint" = '${sha256('key')}'`,
];

const lines: string[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rolegate-older-'));
  const migrations = join(prismaFolder(), 'migrations');
  const names = (await readdir(migrations)).filter((name) => /^\d/.test(name) && name <= LAST).sort();
  const wanted = await Promise.all(
    names.map(async (name) => ({
      name,
      checksum: sha256(await readFile(join(migrations, name, 'migration.sql'), 'utf8')),
    })),
  );
  const database = await openEmbeddedDatabase(join(folder, 'older'), (made) => migrateTo(made, wanted));
  for (const statement of ROWS) await database.query(statement);
  await writeBackup(database, NOW, async (line) => void lines.push(line));
  await database.close();
}, 180_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(['embedded', 'server'] as const)(
  'a backup of an earlier schema is restored and brought to this one, %s',
  async (kind) => {
    const place: DirectoryOptions =
      kind === 'embedded'
        ? { kind, dataDir: join(folder, 'restored') }
        : { kind, url: await (await sharedPostgres()).createDatabase() };
    const [first = '', ...rest] = lines;
    const header = headerOf(first);
    expect(header.migrations.at(-1)?.name).toBe(LAST);
    const given = (async function* () {
      yield* rest;
    })();
    const options = { now: NOW, keepCredentials: false, masterKeyFingerprint: null };
    const restored = await restoreDirectory(place, { header, lines: given }, options);
    expect(restored.keys).toMatchObject([{ id: 'AKIAALICEAAAAAAAAAAA', owner: ALICE }]);
    const catalog = await openCatalog();
    const directory = await openDirectory(place, catalog);
    try {
      expect(await directory.check()).toMatchObject({ faults: [], moreFaults: 0 });
      const access = createAccess(directory, catalog);
      const [answer] = await access.decide([aQuestion(ALICE, 's3:GetObject', 'arn:aws:s3:::b/x')], NOW);
      expect(answer?.decision).toMatchObject({ allowed: true });
      expect(await directory.audit.list({ limit: 10 })).toMatchObject([{ event: 'PutUserPolicy', target: ALICE }]);
      // What this version keeps for the events that there were: the document that only one of them names.
      await directory.prune({ ...KEEP, documents: 1 }, NOW);
      expect(await directory.prune({ ...KEEP, documents: 1 }, NOW + 2 * 86_400_000)).toMatchObject({ documents: 0 });
      expect(await directory.prisma.policyDocument.count({ where: { hash: sha256(GONE) } })).toBe(1);
      expect(await directory.prune({ ...KEEP, sessions: 90 }, NOW)).toMatchObject({ roleSessions: 1 });
      // Revisions of before are of another history.
      await expect(directory.changedSince(1n)).rejects.toMatchObject({ code: 'CONFLICT' });
    } finally {
      await directory.close();
    }
  },
);
