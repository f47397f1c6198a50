import type { Gathered } from '../directory/directory.ts';
import type { AttachedPolicy } from '../evaluation/applicable-policies.ts';
import { parseArn } from '../policy/arn.ts';
import { RolegateError } from '../policy/errors.ts';
import { loadPolicy } from '../policy/load.ts';
import { validatePolicy } from '../policy/validate.ts';

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
 * Checks the documents of a new session as STS does, which accepts only documents that IAM would accept today: with a
 * misspelt operator, a Deny would never apply. Throws MalformedPolicyDocument with AWS's message.
 */
export function checkSessionPolicies(documents: readonly string[], at: string): void {
  for (const [index, { policy }] of inlineSessionPolicies(documents, at).entries()) {
    const findings = validatePolicy(JSON.stringify(policy.source.document), 'session');
    const finding = findings.find(({ code }) => code === 'MalformedPolicyDocument');
    if (finding !== undefined) throw new RolegateError(finding.code, finding.message, { field: `${at}[${index}]` });
  }
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

/** Stands for a session policy that is no longer known. */
export function allowsNothing(id: string): AttachedPolicy {
  return { policy: loadPolicy({ Version: '2012-10-17', Statement: [] }, 'session'), id, name: null, arn: id };
}
