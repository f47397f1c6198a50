import { type BuiltRole, buildSession, sessionWithoutRecord } from './build-principals.ts';
import type { CompiledBatch } from './compiled-policies.ts';
import { dependency, type Entry } from './memory.ts';
import type { AttachedRow, EntityRows, RoleRow } from './rows.ts';

/** `arn:P:sts::A:assumed-role/NAME/SESSION` of the role `arn:P:iam::A:role/PATH/NAME`. */
function isSessionOf(arn: string, role: RoleRow): boolean {
  const [, partition] = role.arn.split(':', 2);
  return arn.startsWith(`arn:${partition}:sts::${role.accountId}:assumed-role/${role.name}/`);
}

/** The sessions of an ARN, and who it is without any: `rows` has the role that they are or could be of. */
export function buildSessions(
  arn: string,
  rows: EntityRows,
  roles: ReadonlyMap<string, Entry<BuiltRole>>,
  policyRows: ReadonlyMap<string, AttachedRow>,
  compiled: CompiledBatch,
  now: number,
): Entry {
  const built = rows.sessions
    .filter((row) => row.arn === arn)
    .flatMap((row) => {
      const role = roles.get(row.roleArn);
      return role === undefined ? [] : [buildSession(row, role, policyRows, compiled)];
    });
  const row = rows.roles.find((one) => isSessionOf(arn, one));
  const role = row === undefined ? undefined : roles.get(row.arn);
  return {
    value: {
      readAt: now,
      sessions: built.map(({ session }) => session),
      absent: role === undefined ? null : sessionWithoutRecord(arn, role.value),
    },
    dependencies: [
      dependency('RoleSession', arn),
      ...(role?.dependencies ?? []),
      ...built.flatMap(({ dependencies }) => dependencies),
    ],
    bytes: 2_000 + built.length * 1_500,
    // A session's ARN does not hold its role's path: a new role of that name cannot be named among the dependencies.
    ...(role === undefined ? { passing: true } : {}),
  };
}
