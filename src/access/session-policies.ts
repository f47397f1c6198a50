import type { Gathered } from '../directory/directory.ts';
import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import { parseArn } from '../policy/arn.ts';
import { RolegateError } from '../policy/errors.ts';
import { closedPolicy, loadPolicy, readPolicy } from '../policy/load.ts';
import { MalformedPolicy } from '../policy/malformed-policy.ts';
import { faultGaps } from '../policy/policy-fault.ts';
import { checkWritten, decoded } from '../policy/refused-policy.ts';

/**
 * Session policies given as documents. `at` is the name of their list, as the client wrote it; it also names them in
 * decisions. Throws MalformedPolicyDocument with the place of the document.
 */
export function inlineSessionPolicies(documents: readonly string[], at: string): readonly AttachedPolicy[] {
  return documents.map((document, index) => {
    const id = `sessionPolicies[${index}]`;
    try {
      return { policy: loadPolicy(document, 'session'), id, name: null, arn: null };
    } catch (error) {
      if (!(error instanceof RolegateError)) throw error;
      throw new RolegateError(error.code, error.message, { field: `${at}[${index}]`, cause: error });
    }
  });
}

/**
 * Session policies that were fixed when a session was made, read as far as possible, with their unreadable parts: a text that is
 * not a policy allows nothing.
 */
export function storedSessionPolicies(documents: readonly string[]): {
  readonly policies: readonly AttachedPolicy[];
  readonly gaps: readonly string[];
} {
  const gaps: string[] = [];
  const policies = documents.map((document, index) => {
    const id = `sessionPolicies[${index}]`;
    const attached = { id, name: null, arn: null };
    try {
      const policy = readPolicy(document, 'session');
      gaps.push(...faultGaps(policy.faults, `the session policy \`${id}\``));
      return { policy, ...attached };
    } catch (error) {
      if (!(error instanceof MalformedPolicy)) throw error;
      gaps.push(`the session policy \`${id}\` is taken to allow nothing: ${error.message}`);
      return { policy: closedPolicy('session'), ...attached };
    }
  });
  return { policies, gaps };
}

/**
 * Checks the documents of a new session as STS does, which accepts only what IAM accepts today, and for unreadable parts.
 * Throws MalformedPolicyDocument with AWS's message, ValidationError for characters that STS does not accept.
 */
export function checkSessionPolicies(documents: readonly string[], at: string): void {
  for (const [index, document] of documents.entries()) {
    checkWritten(decoded(document), 'session', `${at}[${index}]`, ({ code }) => code !== 'LimitExceeded');
  }
  // A document that passes AWS's checks must be readable here as well.
  inlineSessionPolicies(documents, at);
}

/**
 * Session policies given as ARNs: managed policies of AWS, or of the role's account (`accountId`; left out: it was checked
 * when the session was made).
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function managedSessionPolicies(
  arns: readonly string[],
  gathered: Gathered,
  accountId?: string,
): { readonly found: readonly AttachedPolicy[]; readonly missing: readonly string[] } {
  const found: AttachedPolicy[] = [];
  const missing: string[] = [];
  for (const arn of arns) {
    const owner = parseArn(arn)?.accountId;
    const usable = accountId === undefined || owner === accountId || owner === 'aws';
    const policy = usable ? gathered.policy(arn) : null;
    if (policy === null) missing.push(arn);
    else found.push(policy);
  }
  return { found, missing };
}

/** Replaces a session policy that is no longer known. */
export function allowsNothing(id: string): AttachedPolicy {
  return { policy: closedPolicy('session'), id, name: null, arn: id };
}
