import type { Tags } from '../evaluation/principal.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { HypotheticalSession } from './question.ts';

/** A parameter of sts:AssumeRole that is out of its limits; `message` is in AWS's words. */
export interface ParameterFault {
  /** With its place: `tags[2].key`. */
  readonly parameter: string;
  readonly message: string;
}

/** Smallest and greatest length, in characters, and the allowed characters. */
interface TextLimit {
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
  /** As the service model of STS prints it. */
  readonly printed: string;
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const TEXT_LIMITS = {
  role: {
    min: 20,
    max: 2048,
    pattern: /^[\t\n\r -\uffff]*$/u,
    printed: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
  },
  roleSessionName: { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/, printed: '[\\w+=,.@-]*' },
  externalId: { min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/, printed: '[\\w+=,.@:\\/-]*' },
  sourceIdentity: { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/, printed: '[\\w+=,.@-]*' },
  serialNumber: { min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/, printed: '[\\w+=/:,.@-]*' },
  tagKey: { min: 1, max: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u, printed: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+' },
  tagValue: { min: 0, max: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, printed: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' },
} as const satisfies Record<string, TextLimit>;

/** The greatest numbers of tags, of transitive tag keys, and of managed session policies. */
export const ASSUMPTION_COUNTS = { tags: 50, transitiveTagKeys: 50, sessionPolicyArns: 10 } as const;

/** Greatest length of session policies in characters, texts and ARNs together. */
const SESSION_POLICY_CHARACTERS = 2048;

/** Greatest length of a value in a message. */
const QUOTED_CHARACTERS = 100;

/** The fault of a text parameter; null: none. */
export function textFault(kind: keyof typeof TEXT_LIMITS, parameter: string, value: string): ParameterFault | null {
  const limit = TEXT_LIMITS[kind];
  const constraint =
    value.length < limit.min
      ? `Member must have length greater than or equal to ${limit.min}`
      : value.length > limit.max
        ? `Member must have length less than or equal to ${limit.max}`
        : limit.pattern.test(value)
          ? null
          : `Member must satisfy regular expression pattern: ${limit.printed}`;
  return constraint === null ? null : { parameter, message: failed(parameter, value, constraint) };
}

/** AWS's sentence for a parameter that breaks a constraint. */
export function failed(parameter: string, value: string | number, constraint: string): string {
  const text = String(value);
  const quoted = text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text;
  return `Value '${quoted}' at '${parameter}' failed to satisfy constraint: ${constraint}`;
}

/** The parameters that `sessionFaults` checks, which real and hypothetical sessions share. */
export type SessionParameters = Pick<
  HypotheticalSession,
  'roleSessionName' | 'sessionPolicies' | 'sessionPolicyArns' | 'transitiveTagKeys' | 'externalId' | 'sourceIdentity'
> & { readonly tags?: readonly { readonly key: string; readonly value: string }[] };

/** All faults in the parameters of a session, in the order of the parameters. */
export function sessionFaults(session: SessionParameters): readonly ParameterFault[] {
  const faults: (ParameterFault | null)[] = [];
  const { roleSessionName, externalId, sourceIdentity } = session;
  if (roleSessionName !== undefined) faults.push(textFault('roleSessionName', 'roleSessionName', roleSessionName));
  if (externalId !== undefined) faults.push(textFault('externalId', 'externalId', externalId));
  if (sourceIdentity !== undefined) {
    faults.push(
      textFault('sourceIdentity', 'sourceIdentity', sourceIdentity),
      reserved('sourceIdentity', sourceIdentity),
    );
  }
  faults.push(countFault('sessionPolicyArns', session.sessionPolicyArns ?? []), policySizeFault(session));
  faults.push(...tagFaults(session.tags ?? []), ...transitiveFaults(session));
  return faults.filter((fault) => fault !== null);
}

function tagFaults(tags: readonly { readonly key: string; readonly value: string }[]): (ParameterFault | null)[] {
  const faults = [countFault('tags', tags)];
  const seen = new Set<string>();
  for (const [index, { key, value }] of tags.slice(0, ASSUMPTION_COUNTS.tags).entries()) {
    const parameter = `tags[${index}].key`;
    faults.push(textFault('tagKey', parameter, key), reserved(parameter, key));
    faults.push(textFault('tagValue', `tags[${index}].value`, value));
    // Tag keys are compared without regard to case: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
    if (seen.has(key.toLowerCase())) {
      faults.push({ parameter, message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.' });
    }
    seen.add(key.toLowerCase());
  }
  return faults;
}

function transitiveFaults(session: SessionParameters): (ParameterFault | null)[] {
  const { transitiveTagKeys = [], tags = [] } = session;
  const faults = [countFault('transitiveTagKeys', transitiveTagKeys)];
  const passed = new Set(tags.map(({ key }) => key.toLowerCase()));
  for (const [index, key] of transitiveTagKeys.slice(0, ASSUMPTION_COUNTS.transitiveTagKeys).entries()) {
    if (!passed.has(key.toLowerCase())) {
      const message = 'The specified transitive tag key must be included in the requested tags.';
      faults.push({ parameter: `transitiveTagKeys[${index}]`, message });
    }
  }
  return faults;
}

function reserved(parameter: string, value: string): ParameterFault | null {
  if (!value.toLowerCase().startsWith('aws:')) return null;
  return { parameter, message: failed(parameter, value, 'the prefix aws: is reserved') };
}

function countFault(parameter: keyof typeof ASSUMPTION_COUNTS, list: readonly unknown[]): ParameterFault | null {
  const most = ASSUMPTION_COUNTS[parameter];
  if (list.length <= most) return null;
  const constraint = `Member must have length less than or equal to ${most}`;
  return { parameter, message: failed(parameter, `${list.length} entries`, constraint) };
}

function policySizeFault(session: SessionParameters): ParameterFault | null {
  const { sessionPolicies = [], sessionPolicyArns = [] } = session;
  const size = [...sessionPolicies, ...sessionPolicyArns].reduce((sum, text) => sum + text.length, 0);
  if (size <= SESSION_POLICY_CHARACTERS) return null;
  const parameter = sessionPolicies.length > 0 ? 'sessionPolicies' : 'sessionPolicyArns';
  const constraint = `Member must have length less than or equal to ${SESSION_POLICY_CHARACTERS}`;
  return { parameter, message: failed(parameter, `${size} characters`, constraint) };
}

/**
 * The fault of a chained session that sets a source identity other than the inherited one, or a tag that it inherits; null:
 * none.
 */
export function inheritanceFault(
  passed: { readonly sourceIdentity: string | null; readonly tags: Tags },
  carriedIdentity: string | null,
  carriedTagKeys: readonly string[],
): ParameterFault | null {
  if (passed.sourceIdentity !== null && carriedIdentity !== null && passed.sourceIdentity !== carriedIdentity) {
    return { parameter: 'sourceIdentity', message: 'The source identity is already set for this assume role session' };
  }
  const carried = new Set(carriedTagKeys.map((key) => key.toLowerCase()));
  const again = Object.keys(passed.tags).some((key) => carried.has(key.toLowerCase()));
  if (!again) return null;
  const message =
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";
  return { parameter: 'tags', message };
}

/** Throws InvalidInput for the first parameter of `session` (at the place `at`) that sts:AssumeRole would not accept. */
export function checkHypotheticalSession(session: HypotheticalSession, at: string): void {
  const { tags, ...others } = session;
  const listed = Object.entries(tags ?? {}).map(([key, value]) => ({ key, value }));
  const [fault] = sessionFaults({ ...others, tags: listed });
  if (fault !== undefined) throw new InvalidInput(`${at}.${fault.parameter}`, fault.message);
}
