import {
  ACCOUNT,
  ACCOUNT_REGIONS,
  ACCOUNTS_OF_PARENT,
  CONTROL_POLICIES,
  DELEGATED_ADMINISTRATORS,
  EFFECTIVE_S3_POLICY,
  IDENTITY,
  type Listing,
  OF_CONTROL_POLICY,
  type Operation,
  ORGANIZATION,
  ORGANIZATION_ACCOUNTS,
  ORGANIZATION_ROOTS,
  ORGANIZATION_TAGS,
  OWN_S3_POLICY,
  REGIONS,
  UNITS,
} from './operations.ts';
import { REGIONAL } from './regional-operations.ts';

const LISTINGS: readonly Listing[] = [
  IDENTITY,
  ORGANIZATION,
  REGIONS,
  ACCOUNT_REGIONS,
  ...ACCOUNT,
  OWN_S3_POLICY,
  ...REGIONAL,
  ORGANIZATION_ROOTS,
  ORGANIZATION_ACCOUNTS,
  DELEGATED_ADMINISTRATORS,
  CONTROL_POLICIES,
  ...OF_CONTROL_POLICY,
  UNITS,
  ACCOUNTS_OF_PARENT,
  ORGANIZATION_TAGS,
  EFFECTIVE_S3_POLICY,
];

/** All operations that may be run, as `service operation`. */
export const PERMITTED: ReadonlySet<string> = new Set(
  LISTINGS.flatMap((listing) => [listing, ...(listing.each ?? [])]).map(nameOf),
);

const READ_ONLY = /^(?:get|list|describe|select)-[a-z0-9-]+$/;

/** Checked before every process that is started: both that the operation is in the tables, and that its name only reads. */
export function isPermitted(operation: Operation): boolean {
  return READ_ONLY.test(operation.operation) && PERMITTED.has(nameOf(operation));
}

export function nameOf({ service, operation }: Operation): string {
  return `${service} ${operation}`;
}
