import type { ServiceName } from '../wire/shapes.ts';
import { IAM_READS } from './iam-read/iam-reads.ts';
import { IAM_WRITES } from './iam-write/iam-write.ts';
import type { Operations } from './operation.ts';
import { IAM_SIMULATIONS } from './simulate/simulate.ts';
import { STS_OPERATIONS } from './sts.ts';

/** The operations that the gateway serves, by service and AWS's names. Others of the services answer NotImplemented. */
export const OPERATIONS: Readonly<Record<ServiceName, Operations>> = {
  sts: { ...STS_OPERATIONS },
  iam: { ...IAM_READS, ...IAM_WRITES, ...IAM_SIMULATIONS },
};

/** Operations that need no signature. */
export const UNSIGNED: ReadonlySet<string> = new Set(['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML']);
