import type { builder } from '../builder.ts';
import { type GivenDocument, textsOf } from '../given-document.ts';

type InputFields = PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, 'InputObject'>;

/** The parameters with which STS's operations on roles limit the new session. */
export function sessionPolicyFields(t: InputFields) {
  return {
    sessionPolicies: t.field({
      type: ['PolicyDocument'],
      description: 'Policies that limit the session, together at most 2,048 characters',
    }),
    sessionPolicyArns: t.field({
      type: ['Arn'],
      description: 'Managed policies of the role’s account or of AWS that limit the session, at most 10',
    }),
  };
}

interface WithSessionPolicies {
  readonly sessionPolicies?: readonly GivenDocument[] | null | undefined;
}

/** An input with its session policies as texts, as the operation takes them. */
export function withPolicyTexts<I extends WithSessionPolicies>({ sessionPolicies, ...rest }: I) {
  return { ...rest, sessionPolicies: sessionPolicies && textsOf(sessionPolicies) };
}
