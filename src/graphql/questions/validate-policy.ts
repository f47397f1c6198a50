import { type DocumentFinding, validatePolicy } from '../../validation/validate-policy.ts';
import { builder } from '../builder.ts';
import { VALIDATION_COST } from '../cost.ts';
import { NULL_ANSWER } from '../null-answer.ts';

export const PolicyKind = builder.enumType('PolicyKind', {
  description: 'Kind of a policy, which determines the elements and the size that are allowed',
  values: {
    IDENTITY_POLICY: { value: 'identity', description: 'Policy of a user, group or role: managed or inline' },
    PERMISSIONS_BOUNDARY: {
      value: 'boundary',
      description: 'Managed policy that is the permissions boundary of a user or role',
    },
    SESSION_POLICY: { value: 'session', description: 'Policy passed when a role is assumed' },
    TRUST_POLICY: { value: 'trust', description: 'Trust policy of a role: who may assume it' },
    RESOURCE_POLICY: { value: 'resource', description: 'Policy of a resource, e.g. a bucket policy' },
    VPC_ENDPOINT_POLICY: { value: 'vpce', description: 'Policy of a VPC endpoint' },
    SERVICE_CONTROL_POLICY: {
      value: 'scp',
      description: 'Policy of an organization that limits the principals of its accounts',
    },
    RESOURCE_CONTROL_POLICY: {
      value: 'rcp',
      description: 'Policy of an organization that limits access to the resources of its accounts',
    },
  } as const,
});

const FindingSeverity = builder.enumType('FindingSeverity', {
  description: 'Severity of a finding',
  values: {
    ERROR: { description: 'AWS would refuse the document' },
    WARNING: { description: 'AWS would accept the document, but it does not do what it says' },
  } as const,
});

/** A finding, and whether lines and columns refer to the client's own text. */
export interface GivenFinding {
  readonly finding: DocumentFinding;
  readonly written: boolean;
}

export const PolicyFinding = builder.objectRef<GivenFinding>('PolicyFinding').implement({
  description: 'One fault in a policy document, and its place',
  fields: (t) => ({
    severity: t.field({
      type: FindingSeverity,
      description: 'Whether AWS would refuse the document because of it',
      resolve: ({ finding }) => finding.severity,
    }),
    code: t.string({
      description:
        'Stable, to switch on. Of an error AWS’s own: MalformedPolicyDocument, MalformedPolicyDocumentException (control ' +
        'policies), MalformedPolicy (S3), LimitExceeded, ValidationError. Of a warning: UNKNOWN_SERVICE, UNKNOWN_ACTION, ACTION_NEVER_MATCHES, ' +
        'ACTION_NEEDS_ALL_RESOURCES, ACTION_WITHOUT_RESOURCE, UNKNOWN_RESOURCE_SERVICE, UNKNOWN_RESOURCE_TYPE, ' +
        'RESOURCE_NEVER_MATCHES, RESOURCE_NOT_TAKEN, UNKNOWN_REGION, INVALID_ACCOUNT_ID, UNKNOWN_SERVICE_PRINCIPAL, PLACEHOLDER ' +
        '(text of a template that was not filled in), UNKNOWN_CONDITION_KEY, CONDITION_KEY_NOT_SUPPORTED, ' +
        'OPERATOR_TYPE_MISMATCH, SET_OPERATOR_MISSING, SET_OPERATOR_ON_SINGLE_VALUE, UNREADABLE_VALUE, ' +
        'CONDITION_WITHOUT_VALUES, CONTRADICTING_CONDITIONS, VARIABLE_NOT_READ, STATEMENT_GRANTS_NOTHING, ' +
        'STATEMENT_DENIES_NOTHING, NOT_ALL_CHECKED (the document has more wildcards than are compared with the catalogue)',
      resolve: ({ finding }) => finding.code,
    }),
    message: t.string({
      description: 'Message for people; for an error in AWS’s own words',
      resolve: ({ finding }) => finding.message,
    }),
    path: t.string({
      description: 'Place in the document: `Statement[0].Action[1]`; empty: the whole document',
      resolve: ({ finding }) => finding.path,
    }),
    line: t.int({
      nullable: true,
      description:
        'Line of the place, from 1, in the given text (decoded, if it was URL-encoded); null if the document was ' +
        'given as an object',
      resolve: ({ finding, written }) => (written ? finding.line : null),
    }),
    column: t.int({
      nullable: true,
      description: 'Column of the place, from 1, in UTF-16 code units; null if the document was given as an object',
      resolve: ({ finding, written }) => (written ? finding.column : null),
    }),
    value: t.string({
      nullable: true,
      description: 'The string, number or boolean at the place; null if it is a list or an object',
      resolve: ({ finding }) => finding.value,
    }),
    suggestion: t.string({
      nullable: true,
      description:
        'What was probably meant in its place: `StringEquals` for `StringEqual`; null if no name is close enough',
      resolve: ({ finding }) => finding.suggestion,
    }),
  }),
});

builder.queryField('validatePolicy', (t) =>
  t.field({
    type: [PolicyFinding],
    nullable: true,
    description:
      'Findings on a policy document: errors for which AWS would refuse it (the error that AWS would return comes ' +
      'first), and warnings about parts that do not do what they say, by the catalogue of services. Empty: no ' +
      `findings. At most 1,000 findings. Of the directory only the services of applications are read. ${NULL_ANSWER}`,
    args: {
      document: t.arg({
        type: 'PolicyDocument',
        required: true,
        description:
          'The document. If it is given as a string, findings have line and column, and invalid JSON is a finding',
      }),
      kind: t.arg({ type: PolicyKind, required: true, description: 'Kind of the policy' }),
    },
    complexity: ({ document: { text } }) => ({ field: Math.ceil(text.length * VALIDATION_COST) }),
    resolve: async (_root, { document, kind }, { catalog, directory, work }) => {
      await directory.revision();
      const { text, written } = document;
      const findings = await work.run(validatePolicy(catalog.now, text, kind));
      return findings.map((finding) => ({ finding, written }));
    },
  }),
);
