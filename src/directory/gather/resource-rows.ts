import type { Catalog } from '../../catalog/catalog.ts';
import { parseArn } from '../../policy/arn.ts';
import { isAccountId } from '../../policy/principal-id.ts';
import type { ResourceRow } from './rows.ts';

/** The rows about one resource: itself, and the one whose policy governs it. */
export interface ResourceRows {
  readonly arn: string;
  readonly given: string | null;
  readonly exact: ResourceRow | null;
  /** The nearest stored one of `holders` that has a policy, else the nearest stored one. */
  readonly holder: ResourceRow | null;
  readonly holders: readonly string[];
  /** Of an access point or an object behind it: its bucket; null: not stored, or not known. */
  readonly bucket: ResourceRow | null;
  /** Whether each of `holders` that is stored says whether it has a policy. */
  readonly isAnswered: boolean;
  /** Null: one of AWS's. */
  readonly service: OtherService | null;
}

/** A service that AWS does not have, by the ARN of a resource. */
interface OtherService {
  readonly prefix: string;
  /** It is registered: its resources and their policies are here and nowhere else, so that nothing of them is unknown. */
  readonly isOwn: boolean;
}

/** Null: it is one of AWS's. */
export function serviceOf(arn: string, catalog: Catalog): OtherService | null {
  const prefix = arn.split(':', 3)[2] ?? '';
  const service = catalog.service(prefix);
  return service !== null && service.isOwn !== true ? null : { prefix, isOwn: service !== null };
}

export function resourceRows(
  { arn, accountId }: { readonly arn: string; readonly accountId: string | null },
  holders: readonly string[],
  stored: ReadonlyMap<string, ResourceRow>,
  service: OtherService | null = null,
): ResourceRows {
  const exact = stored.get(arn) ?? null;
  const rows = [arn, ...holders].flatMap((each) => stored.get(each) ?? []);
  const nearest =
    holders.length === 0 ? exact : holders.map((each) => stored.get(each)).find((row) => row !== undefined);
  const holder = rows.find((row) => row.policyHash !== null) ?? nearest ?? null;
  const bucket = stored.get(holder?.accessPoint?.bucket ?? '') ?? null;
  const isAnswered = holders.every((each) => saysPolicy(stored.get(each)));
  return { arn, given: accountId, exact, holder, holders, bucket, isAnswered, service };
}

/** A log group has two policies, which are stored as one: its own may be missing. */
function saysPolicy(row: ResourceRow | undefined): boolean {
  if (row === undefined || row.known.includes('policy')) return true;
  return row.policyHash !== null && parseArn(row.arn)?.service !== 'logs';
}

/** The owner of a resource: from its ARN, else from the directory, else from the client. */
export function ownerOf({ arn, given, exact, holder }: ResourceRows): string | null {
  const parsed = parseArn(arn);
  if (parsed !== null && isAccountId(parsed.accountId)) return parsed.accountId;
  return exact?.accountId ?? holder?.accountId ?? given;
}
