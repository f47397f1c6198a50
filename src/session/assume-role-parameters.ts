import {
  failed,
  type ParameterFault,
  type SessionParameters,
  sessionFaults,
  textFault,
} from '../access/assumption-parameters.ts';
import type { Tags } from '../evaluation/principal.ts';
import { parseArn } from '../policy/arn.ts';
import { isAccountId, parsePrincipalRef } from '../policy/principal-id.ts';
import { ValidationError } from './errors.ts';

/** The parameters of sts:AssumeRole as a client gives them; null is the same as left out. */
export interface AssumeRoleInput {
  /** ARN. */
  readonly role: string;
  readonly roleSessionName: string;
  /** 900 to 43,200, and no more than the role's maximum; left out: an hour. */
  readonly durationSeconds?: number | null | undefined;
  readonly externalId?: string | null | undefined;
  /** JSON texts. Several count together as one policy: a gateway extension, AWS takes one. */
  readonly sessionPolicies?: readonly string[] | null | undefined;
  readonly sessionPolicyArns?: readonly string[] | null | undefined;
  readonly tags?: readonly { readonly key: string; readonly value: string }[] | null | undefined;
  readonly transitiveTagKeys?: readonly string[] | null | undefined;
  readonly sourceIdentity?: string | null | undefined;
  readonly serialNumber?: string | null | undefined;
  readonly tokenCode?: string | null | undefined;
  /** aws:SourceArn and aws:SourceAccount: the resource for which a service calls. A gateway extension, for services only. */
  readonly sourceArn?: string | null | undefined;
  readonly sourceAccount?: string | null | undefined;
}

/** The parameters within their limits, with the defaults. */
export interface AssumeRoleParameters {
  readonly role: string;
  readonly roleSessionName: string;
  /** Null: not given. */
  readonly durationSeconds: number | null;
  readonly externalId: string | null;
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
  readonly tags: Tags;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  readonly serialNumber: string | null;
  readonly tokenCode: string | null;
  readonly sourceArn: string | null;
  readonly sourceAccount: string | null;
}

/** Seconds. */
const DURATION = { min: 900, max: 43_200 } as const;
const TOKEN_CODE = /^\d{6}$/;

/** Reads `input`; throws ValidationError that lists every fault in AWS's words and names the first one's field. */
export function assumeRoleParameters(input: AssumeRoleInput): AssumeRoleParameters {
  refuseFaults(faultsOf(input));
  return {
    role: input.role,
    roleSessionName: input.roleSessionName,
    durationSeconds: input.durationSeconds ?? null,
    externalId: input.externalId ?? null,
    sessionPolicies: input.sessionPolicies ?? [],
    sessionPolicyArns: input.sessionPolicyArns ?? [],
    tags: Object.fromEntries((input.tags ?? []).map(({ key, value }) => [key, value])),
    transitiveTagKeys: input.transitiveTagKeys ?? [],
    sourceIdentity: input.sourceIdentity ?? null,
    serialNumber: input.serialNumber ?? null,
    tokenCode: input.tokenCode ?? null,
    sourceArn: input.sourceArn ?? null,
    sourceAccount: input.sourceAccount ?? null,
  };
}

/** Parameters of a call that the audit trail records beside its role, as CloudTrail does, even if they are out of their limits. */
export function toldParameters(
  given: Pick<AssumeRoleInput, 'roleSessionName' | 'durationSeconds' | 'sourceIdentity'>,
): Readonly<Record<string, string>> {
  const { roleSessionName, durationSeconds, sourceIdentity } = given;
  return {
    roleSessionName,
    ...(durationSeconds == null ? {} : { durationSeconds: String(durationSeconds) }),
    ...(sourceIdentity == null ? {} : { sourceIdentity }),
  };
}

/** Throws ValidationError that lists every fault in AWS's words and names the first one's field; does nothing without faults. */
export function refuseFaults(faults: readonly ParameterFault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const list = faults.map((fault) => fault.message).join('; ');
  const noun = faults.length === 1 ? 'validation error' : 'validation errors';
  throw new ValidationError(`${faults.length} ${noun} detected: ${list}`, first.parameter);
}

function faultsOf(input: AssumeRoleInput): readonly ParameterFault[] {
  const { serialNumber, tokenCode } = input;
  const faults = [
    roleFault(input.role),
    input.durationSeconds == null ? null : durationFault(input.durationSeconds, DURATION),
    ...sessionFaults(given(input)),
    sourceFault(input),
    serialNumber == null ? null : textFault('serialNumber', 'serialNumber', serialNumber),
    // The code itself is not repeated.
    tokenCode == null || TOKEN_CODE.test(tokenCode)
      ? null
      : {
          parameter: 'tokenCode',
          message: failed('tokenCode', '******', 'Member must satisfy regular expression pattern: [\\d]*'),
        },
  ];
  return faults.filter((fault) => fault !== null);
}

function sourceFault({ sourceArn, sourceAccount }: AssumeRoleInput): ParameterFault | null {
  if (sourceArn != null && parseArn(sourceArn) === null) {
    return { parameter: 'sourceArn', message: failed('sourceArn', sourceArn, 'Member must be an ARN') };
  }
  if (sourceAccount == null || isAccountId(sourceAccount)) return null;
  const message = failed('sourceAccount', sourceAccount, 'Member must be an account id of twelve digits');
  return { parameter: 'sourceAccount', message };
}

export function roleFault(role: string): ParameterFault | null {
  const fault = textFault('role', 'role', role);
  if (fault !== null || parsePrincipalRef(role)?.kind === 'role') return fault;
  return { parameter: 'role', message: failed('role', role, 'Member must be the ARN of a role') };
}

/** The parts of the input that are given. */
function given(input: AssumeRoleInput): SessionParameters {
  const { roleSessionName, externalId, sourceIdentity, sessionPolicies, sessionPolicyArns } = input;
  const { tags, transitiveTagKeys } = input;
  return {
    roleSessionName,
    ...(externalId == null ? {} : { externalId }),
    ...(sourceIdentity == null ? {} : { sourceIdentity }),
    ...(sessionPolicies == null ? {} : { sessionPolicies }),
    ...(sessionPolicyArns == null ? {} : { sessionPolicyArns }),
    ...(tags == null ? {} : { tags }),
    ...(transitiveTagKeys == null ? {} : { transitiveTagKeys }),
  };
}

/** The fault of a duration in seconds; null: none. */
export function durationFault(
  seconds: number,
  limits: { readonly min: number; readonly max: number },
): ParameterFault | null {
  const constraint =
    seconds < limits.min
      ? `Member must have value greater than or equal to ${limits.min}`
      : seconds > limits.max
        ? `Member must have value less than or equal to ${limits.max}`
        : null;
  if (constraint === null) return null;
  return { parameter: 'durationSeconds', message: failed('durationSeconds', seconds, constraint) };
}
