import {
  failed,
  type ParameterFault,
  type SessionParameters,
  sessionFaults,
  textFault,
} from '../access/assumption-parameters.ts';
import type { Tags } from '../evaluation/principal.ts';
import { parsePrincipalRef } from '../policy/principal-id.ts';
import { ValidationError } from './errors.ts';

/** The parameters of sts:AssumeRole as a client gives them; null is the same as left out. */
export interface AssumeRoleInput {
  /** ARN. */
  readonly role: string;
  readonly roleSessionName: string;
  /** 900 to 43,200, and no more than the role's maximum; left out: an hour. */
  readonly durationSeconds?: number | null | undefined;
  readonly externalId?: string | null | undefined;
  /** JSON texts. Several count together, as if they were one: a gateway extension, AWS takes one. */
  readonly sessionPolicies?: readonly string[] | null | undefined;
  readonly sessionPolicyArns?: readonly string[] | null | undefined;
  readonly tags?: readonly { readonly key: string; readonly value: string }[] | null | undefined;
  readonly transitiveTagKeys?: readonly string[] | null | undefined;
  readonly sourceIdentity?: string | null | undefined;
  readonly serialNumber?: string | null | undefined;
  readonly tokenCode?: string | null | undefined;
}

/** The parameters within their limits, with the defaults. */
export interface AssumeRoleParameters {
  readonly role: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly externalId: string | null;
  readonly sessionPolicies: readonly string[];
  readonly sessionPolicyArns: readonly string[];
  readonly tags: Tags;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  readonly serialNumber: string | null;
  readonly tokenCode: string | null;
}

/** Seconds. */
const DURATION = { min: 900, max: 43_200, default: 3600 } as const;
const TOKEN_CODE = /^\d{6}$/;

/** Reads `input`; throws ValidationError that lists every fault in AWS's words and names the first one's field. */
export function assumeRoleParameters(input: AssumeRoleInput): AssumeRoleParameters {
  const faults = faultsOf(input);
  const [first] = faults;
  if (first !== undefined) {
    const list = faults.map((fault) => fault.message).join('; ');
    const noun = faults.length === 1 ? 'validation error' : 'validation errors';
    throw new ValidationError(`${faults.length} ${noun} detected: ${list}`, first.parameter);
  }
  return {
    role: input.role,
    roleSessionName: input.roleSessionName,
    durationSeconds: input.durationSeconds ?? DURATION.default,
    externalId: input.externalId ?? null,
    sessionPolicies: input.sessionPolicies ?? [],
    sessionPolicyArns: input.sessionPolicyArns ?? [],
    tags: Object.fromEntries((input.tags ?? []).map(({ key, value }) => [key, value])),
    transitiveTagKeys: input.transitiveTagKeys ?? [],
    sourceIdentity: input.sourceIdentity ?? null,
    serialNumber: input.serialNumber ?? null,
    tokenCode: input.tokenCode ?? null,
  };
}

function faultsOf(input: AssumeRoleInput): readonly ParameterFault[] {
  const { serialNumber, tokenCode } = input;
  const faults = [
    roleFault(input.role),
    durationFault(input.durationSeconds ?? DURATION.default),
    ...sessionFaults(given(input)),
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

function roleFault(role: string): ParameterFault | null {
  const fault = textFault('role', 'role', role);
  if (fault !== null || parsePrincipalRef(role)?.kind === 'role') return fault;
  return { parameter: 'role', message: failed('role', role, 'Member must be the ARN of a role') };
}

/** What of the input is there. */
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

function durationFault(seconds: number): ParameterFault | null {
  const constraint =
    seconds < DURATION.min
      ? `Member must have value greater than or equal to ${DURATION.min}`
      : seconds > DURATION.max
        ? `Member must have value less than or equal to ${DURATION.max}`
        : null;
  if (constraint === null) return null;
  return { parameter: 'durationSeconds', message: failed('durationSeconds', seconds, constraint) };
}
