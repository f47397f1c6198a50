import type { AttachedPolicy } from '../../evaluation/applicable-policies.ts';
import type { PolicyKind } from '../../policy/policy-kind.ts';
import { inTurn } from '../apply/batches.ts';
import type { HeldDocuments, HeldKind } from '../directory.ts';
import type { Sql } from '../prisma/database.ts';
import { PolicyCollector } from './attached-policies.ts';
import type { Compiled, CompiledPolicies } from './compiled-policies.ts';
import { DEFAULT_VERSION, type InlineRow, inlineOf, readDocuments } from './rows.ts';

interface HeldRow {
  readonly arn: string;
  readonly accountId: string | null;
  readonly inline: readonly InlineRow[];
  /** Of a managed policy: its name, and the hash of its default version; null: its document is not known. */
  readonly managed: readonly [name: string, hash: string | null] | null;
  /** Of a role. */
  readonly trust: readonly [hash: string, bindings: Readonly<Record<string, string>>] | null;
}

const own = (column: string, rest = `'trust', NULL`): string =>
  `json_build_object('arn', e.arn, 'accountId', e."accountId", 'inline', ${inlineOf(column)}, 'managed', NULL, ${rest})`;
const AMONG = 'WHERE e.arn = ANY($1::text[])';

const ROWS: Readonly<Record<HeldKind, string>> = {
  users: `SELECT ${own('userId')} FROM "User" e ${AMONG}`,
  groups: `SELECT ${own('groupId')} FROM "Group" e ${AMONG}`,
  roles: `SELECT ${own('roleId', `'trust', json_build_array(e."trustPolicyHash", e."trustBindings")`)} FROM "Role" e ${AMONG}`,
  policies: `SELECT json_build_object('arn', p.arn, 'accountId', p."accountId", 'inline', '[]'::json,
      'managed', json_build_array(p.name, v."documentHash"), 'trust', NULL)
    FROM "ManagedPolicy" p ${DEFAULT_VERSION} WHERE p.arn = ANY($1::text[])`,
};

interface Held {
  readonly revision: bigint;
  of(arn: string): HeldDocuments | null;
}

/** What is stored of these. `sql`: a transaction, so that all is of one state. */
export async function readHeld(
  sql: Sql,
  kind: HeldKind,
  arns: readonly string[],
  compiled: CompiledPolicies,
): Promise<Held> {
  const [found] = await sql.query<{ revision: string; rows: readonly HeldRow[] }>(
    `SELECT (SELECT revision::text FROM "DirectoryState" WHERE id = 1) AS revision,
       coalesce((SELECT json_agg(r) FROM (${ROWS[kind]}) AS held(r)), '[]') AS rows`,
    [arns],
  );
  const rows = found?.rows ?? [];
  const batch = await compiledOf(sql, rows, compiled);
  const held = new Map(rows.map((row) => [row.arn, documentsOf(row, batch)]));
  return { revision: BigInt(found?.revision ?? 0), of: (arn) => held.get(arn) ?? null };
}

type Batch = ReadonlyMap<string, Compiled>;

async function compiledOf(sql: Sql, rows: readonly HeldRow[], compiled: CompiledPolicies): Promise<Batch> {
  const batch = new Map<string, Compiled>();
  const missing = new Map<string, readonly [PolicyKind, string]>();
  const need = (kind: PolicyKind, hash: string): void => {
    const key = `${kind} ${hash}`;
    const known = compiled.get(kind, hash);
    if (known === undefined) missing.set(key, [kind, hash]);
    else batch.set(key, known);
  };
  for (const { inline: own, managed, trust } of rows) {
    for (const [, hash] of own) need('identity', hash);
    if (managed?.[1] != null) need('identity', managed[1]);
    if (trust !== null) need('trust', trust[0]);
  }
  if (missing.size === 0) return batch;
  const texts = await readDocuments(sql, [...new Set([...missing.values()].map(([, hash]) => hash))]);
  await inTurn(missing, ([key, [kind, hash]]) => {
    const text = texts.get(hash);
    if (text !== undefined) batch.set(key, compiled.compile(kind, hash, text));
  });
  return batch;
}

function documentsOf({ arn, accountId, inline: own, managed, trust }: HeldRow, batch: Batch): HeldDocuments {
  const collector = new PolicyCollector({ get: (kind, hash) => batch.get(`${kind} ${hash}`) });
  const attached = managed === null ? [] : [[arn, ...managed] as const];
  const identity: readonly AttachedPolicy[] = collector.identity({ id: '', name: '', arn, inline: own, attached });
  return {
    accountId,
    identity,
    trust: trust === null ? null : collector.ofResource('trust', trust[0], arn),
    bindings: trust?.[1] ?? {},
  };
}
