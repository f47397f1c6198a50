import { lockRevision, raiseRevision } from './apply/revision.ts';
import { dependency } from './gather/memory.ts';
import { recall } from './gather/recall.ts';
import { SESSION_JSON } from './gather/rows.ts';
import type { Sql } from './prisma/database.ts';
import type { RoleSessionRecord, RoleSessionStore } from './session-store.ts';
import type { Store } from './store.ts';

const SELECT_SESSION = `SELECT ${SESSION_JSON} AS session FROM "RoleSession" s JOIN "Role" r ON r.id = s."roleId"`;

async function findOne(sql: Sql, id: string): Promise<RoleSessionRecord | null> {
  const [row] = await sql.query<{ session: RoleSessionRecord }>(`${SELECT_SESSION} WHERE s.id = $1`, [id]);
  return row?.session ?? null;
}

const INSERT_SESSION = `
  INSERT INTO "RoleSession" (id, "accessKeyId", arn, "roleId", "roleSessionName", "sourceIdentity", tags,
    "transitiveTagKeys", "sessionPolicies", "sessionPolicyArns", "assumedBy", "assumedById", "parentId", "issuedAt", "expiresAt")
  VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8::text[], $9::text[], $10::text[], $11, $12, $13,
    $14::text::timestamp(3), $15::text::timestamp(3))`;

/** Role sessions. Creating and ending one touches the sessions of its ARN and nothing else. */
export function roleSessions(store: Store): RoleSessionStore {
  const { database, memory } = store;
  return {
    find: async (id) => {
      await store.synchronize();
      return recall(memory, database, `session ${id}`, async (sql) => {
        const value = await findOne(sql, id);
        // A session begins by being created here; one that is asked for before that is asked for by its id again.
        const dependencies =
          value === null
            ? [dependency('RoleSession', id)]
            : [dependency('RoleSession', value.arn), dependency('Role', value.roleArn)];
        return { value, dependencies, bytes: 1_500 };
      });
    },

    live: async (arn, now) => {
      const rows = await database.query<{ session: RoleSessionRecord }>(
        `${SELECT_SESSION} WHERE s.arn = $1 AND s."endedAt" IS NULL AND s."expiresAt" > $2::text::timestamp(3)
           ORDER BY s."issuedAt" DESC, s.id`,
        [arn, new Date(now).toISOString()],
      );
      return rows.map((row) => row.session);
    },

    create: (session) =>
      store.change(async (sql, now) => {
        await lockRevision(sql);
        await sql.query(INSERT_SESSION, [
          session.id,
          session.accessKeyId,
          session.arn,
          session.roleId,
          session.roleSessionName,
          session.sourceIdentity,
          JSON.stringify(session.tags),
          session.transitiveTagKeys,
          session.sessionPolicies,
          session.sessionPolicyArns,
          session.assumedBy,
          session.assumedById,
          session.parentId,
          new Date(session.issuedAt).toISOString(),
          new Date(session.expiresAt).toISOString(),
        ]);
        const touched = [session.arn, session.id].map((entityId) => ({ entity: 'RoleSession', entityId }));
        return { revision: await raiseRevision(sql, touched, now), touched, result: undefined };
      }),

    end: (id, at, reason) =>
      store.change(async (sql, now) => {
        const revision = await lockRevision(sql);
        const ended = await sql.query<{ arn: string }>(
          `UPDATE "RoleSession" SET "endedAt" = $2::text::timestamp(3), "endReason" = $3::text::"SessionEnd"
            WHERE id = $1 AND "endedAt" IS NULL RETURNING arn`,
          [id, new Date(at).toISOString(), reason],
        );
        const result = await findOne(sql, id);
        if (ended.length === 0) return { revision, touched: [], result };
        const touched = ended.map(({ arn }) => ({ entity: 'RoleSession', entityId: arn }));
        return { revision: await raiseRevision(sql, touched, now), touched, result };
      }),
  };
}
