import type { GatherRequest } from '../directory/directory.ts';
import type { RequestContext } from '../evaluation/request.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import { makerOf } from './key-session.ts';
import type { Question } from './question.ts';
import { sourceAccountOf } from './source-organization.ts';
import { endpointAccountOf, endpointIdOf } from './vpc-endpoint.ts';

const NO_CONTEXT: RequestContext = new Map();

/** The data needed to resolve the subjects of `questions`; each item once. */
export function gatherForSubjects(
  questions: readonly (Pick<Question, 'subject'> & { readonly context?: RequestContext })[],
): Required<Pick<GatherRequest, 'principals' | 'roles' | 'policies' | 'accounts' | 'endpoints' | 'resources'>> {
  const principals = new Map<string, PrincipalRef>();
  const roles = new Set<string>();
  const policies = new Set<string>();
  const concealed = new Set<string>();
  for (const subject of new Set(questions.map((question) => question.subject))) {
    const { principal, heldSession, heldKeySession, assumedRole, session } = subject;
    if (heldKeySession != null) {
      const maker = makerOf(heldKeySession);
      principals.set(principalIdOf(maker), maker);
      for (const arn of heldKeySession.sessionPolicyArns) policies.add(arn);
    } else if (heldSession != null) {
      roles.add(heldSession.roleArn);
      for (const arn of heldSession.sessionPolicyArns) policies.add(arn);
    } else {
      principals.set(principalIdOf(principal), principal);
    }
    if (assumedRole !== null) roles.add(assumedRole);
    if (assumedRole !== null && subject.roleConcealed === true) concealed.add(assumedRole);
    else if (principal.kind === 'role' && session !== null) roles.add(principal.arn);
    if (subject.onTheWay !== undefined && principal.kind === 'role') roles.add(principal.arn);
    for (const arn of session?.sessionPolicyArns ?? []) policies.add(arn);
  }
  const accounts = new Set<string>();
  const endpoints = new Set<string>();
  for (const { subject, context = NO_CONTEXT } of questions) {
    for (const id of [sourceAccountOf(subject.principal, context), endpointAccountOf(context)]) {
      if (id !== null) accounts.add(id);
    }
    const endpoint = endpointIdOf(context);
    if (endpoint !== null) endpoints.add(endpoint);
  }
  return {
    principals: [...principals.values()],
    roles: [...roles],
    policies: [...policies],
    accounts: [...accounts],
    endpoints: [...endpoints],
    resources: [...concealed].map((arn) => ({ arn, accountId: null })),
  };
}
