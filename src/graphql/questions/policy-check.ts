import type { GrantOutcome, GrantWitness, UnreadableInput } from '../../access/policy-checks/outcome.ts';
import { principalIdOf } from '../../policy/principal-id.ts';
import { builder } from '../builder.ts';
import { CHECK_COST, CHECKED_COST } from '../cost.ts';
import type { GivenDocument } from '../given-document.ts';
import { NULL_ANSWER } from '../null-answer.ts';
import { type GivenFinding, PolicyFinding, PolicyKind } from './validate-policy.ts';

const PolicyCheckAnswer = builder.enumType('PolicyCheckAnswer', {
  description: 'The answer of a check of policy documents',
  values: {
    YES: { description: '`witness` is a request that shows it' },
    NO: { description: 'No request shows it: every kind of request that the statements tell apart was decided' },
    UNDECIDED: {
      description:
        'Neither a request was found nor is it certain that there is none, as `reasons` and `findings` say. Take it for YES where ' +
        'access must not be granted by mistake',
    },
  } as const,
});

/** An answer, with the documents that it is about. */
interface CheckResult {
  readonly outcome: GrantOutcome;
  readonly given: Readonly<Record<string, GivenDocument>>;
}

function answerOf({ kind }: GrantOutcome): 'YES' | 'NO' | 'UNDECIDED' {
  if (kind === 'found') return 'YES';
  return kind === 'none' ? 'NO' : 'UNDECIDED';
}

function reasonsOf(outcome: GrantOutcome): readonly string[] {
  if (outcome.kind === 'undecided') return outcome.reasons;
  if (outcome.kind !== 'unreadable') return [];
  return outcome.documents.map(
    ({ input }) => `\`${input}\` has parts that cannot be read: nothing is said of what it grants`,
  );
}

function findingsOf({ outcome, given }: CheckResult, input: string): readonly GivenFinding[] {
  if (outcome.kind !== 'unreadable') return [];
  const isOf = (document: UnreadableInput): boolean => document.input === input;
  const written = given[input]?.written ?? false;
  return outcome.documents.filter(isOf).flatMap(({ findings }) => findings.map((finding) => ({ finding, written })));
}

export const GrantedRequest = builder.objectRef<GrantWitness>('GrantedRequest').implement({
  description:
    'A request that a checked document grants. To see it decided, give `simulateCustomPolicies` the document where `documentField` says, ' +
    '`identityPolicies` and `resourcePolicy` beside it, and the rest as caller and request, with `assumeContextKeys` as it is by itself',
  fields: (t) => ({
    principal: t.field({
      type: 'PrincipalId',
      description: 'The caller',
      resolve: ({ caller }) => principalIdOf(caller.principal),
    }),
    roleArn: t.field({
      type: 'Arn',
      nullable: true,
      description: 'For a role session: its role',
      resolve: ({ caller }) => caller.roleArn,
    }),
    federatedProvider: t.string({
      nullable: true,
      description: 'For `anonymous`: the provider whose assertion or token the call carries',
      resolve: ({ caller }) => caller.federatedProvider ?? null,
    }),
    canonicalUser: t.string({
      nullable: true,
      description: 'Canonical user id of the caller’s account, where the document names it',
      resolve: ({ caller }) => caller.canonicalUser ?? null,
    }),
    action: t.exposeString('action', { description: 'The action' }),
    resource: t.expose('resource', { type: 'Arn', description: 'The resource; `*` for an action without one' }),
    resourceAccount: t.expose('resourceAccount', {
      type: 'AccountId',
      nullable: true,
      description: 'Owner of the resource; null: its ARN names it, or there is none',
    }),
    context: t.field({
      type: 'RequestContext',
      description: 'The condition keys that matter',
      resolve: ({ context }) => Object.fromEntries(context),
    }),
    statementIndex: t.int({
      nullable: true,
      description:
        'Position, from 0, of an Allow that matches; null for RCPFullAWSAccess, which stands beside every resource control policy, ' +
        'and FullAWSAccess, which stands beside a service control policy that allows nothing itself',
      resolve: ({ statement }) => statement,
    }),
    sid: t.exposeString('sid', { nullable: true, description: 'Sid of that statement' }),
    documentField: t.string({
      description:
        'The field of SimulateCustomPoliciesInput that takes the document: `identityPolicies`. For `serviceControlPolicies`, ' +
        'give FullAWSAccess at the same level if the document has no Allow',
      resolve: ({ place }) => place,
    }),
    identityPolicies: t.field({
      type: ['PolicyDocument'],
      description: 'Identity policies that stand beside the document, so that it alone decides',
      resolve: ({ around }) => [...around.identityPolicies],
    }),
    resourcePolicy: t.field({
      type: 'PolicyDocument',
      nullable: true,
      description: 'Resource policy that stands beside the document; null: none',
      resolve: ({ around }) => around.resourcePolicy,
    }),
  }),
});

const REASONS = 'Why it is UNDECIDED; empty otherwise';

function witnessOf({ outcome }: CheckResult): GrantWitness | null {
  return outcome.kind === 'found' ? outcome.witness : null;
}

const PolicyComparison = builder.objectRef<CheckResult>('PolicyComparison').implement({
  description: 'Whether one policy document grants more than another one',
  fields: (t) => ({
    grantsMore: t.field({
      type: PolicyCheckAnswer,
      description: 'Whether `after` grants a request that `before` does not grant',
      resolve: ({ outcome }) => answerOf(outcome),
    }),
    witness: t.field({
      type: GrantedRequest,
      nullable: true,
      description: 'A request that `after` grants and `before` does not; null unless the answer is YES',
      resolve: witnessOf,
    }),
    reasons: t.stringList({ description: REASONS, resolve: ({ outcome }) => [...reasonsOf(outcome)] }),
    beforeFindings: t.field({
      type: [PolicyFinding],
      description: 'What cannot be read in `before`',
      resolve: (result) => [...findingsOf(result, 'before')],
    }),
    afterFindings: t.field({
      type: [PolicyFinding],
      description: 'What cannot be read in `after`',
      resolve: (result) => [...findingsOf(result, 'after')],
    }),
  }),
});

const PolicyCheck = builder.objectRef<CheckResult>('PolicyCheck').implement({
  description: 'Whether a policy document grants what it must not',
  fields: (t) => ({
    granted: t.field({
      type: PolicyCheckAnswer,
      description: 'Whether the document grants it',
      resolve: ({ outcome }) => answerOf(outcome),
    }),
    witness: t.field({
      type: GrantedRequest,
      nullable: true,
      description: 'A request that it grants; null unless the answer is YES',
      resolve: witnessOf,
    }),
    reasons: t.stringList({ description: REASONS, resolve: ({ outcome }) => [...reasonsOf(outcome)] }),
    findings: t.field({
      type: [PolicyFinding],
      description: 'What cannot be read in the document',
      resolve: (result) => [...findingsOf(result, 'document')],
    }),
  }),
});

const GRANTS =
  'A document grants a request if an Allow matches it and no Deny does, whatever other policies say. (In the policy of a resource, the ' +
  'account of the resource grants of itself nothing to its own; a policy that only limits grants what it lets through. ' +
  'Beside a service control policy without an Allow stands FullAWSAccess, as Organizations attaches it.)';
const NOTHING_READ = `The directory is not read, except the services of applications. Needs iam:SimulateCustomPolicy. ${NULL_ANSWER}`;

const costOf = (...documents: readonly GivenDocument[]): { readonly field: number; readonly multiplier: number } => ({
  field: CHECK_COST + Math.ceil(documents.reduce((sum, { text }) => sum + text.length, 0) * CHECKED_COST),
  multiplier: 1,
});

builder.queryField('comparePolicies', (t) =>
  t.field({
    type: PolicyComparison,
    nullable: true,
    description: `Whether \`after\` grants anything that \`before\` does not: the question of CheckNoNewAccess of IAM Access Analyzer. ${GRANTS} ${NOTHING_READ}`,
    args: {
      before: t.arg({ type: 'PolicyDocument', required: true, description: 'The document to compare with' }),
      after: t.arg({ type: 'PolicyDocument', required: true, description: 'The document that must not grant more' }),
      kind: t.arg({ type: PolicyKind, required: true, description: 'Kind of both' }),
    },
    complexity: ({ before, after }) => costOf(before, after),
    resolve: async (_root, { before, after, kind }, { access, directory, now }) => {
      await directory.revision();
      const outcome = await access.comparePolicies({ before: before.text, after: after.text, kind }, now);
      return { outcome, given: { before, after } };
    },
  }),
);

const CHECKED = { description: 'The document to check' } as const;

builder.queryField('checkAccessNotGranted', (t) =>
  t.field({
    type: PolicyCheck,
    nullable: true,
    description:
      'Whether a document grants one of the actions on one of the resources: the question of CheckAccessNotGranted of IAM Access ' +
      `Analyzer. ${GRANTS} ${NOTHING_READ}`,
    args: {
      document: t.arg({ type: 'PolicyDocument', required: true, ...CHECKED }),
      kind: t.arg({ type: PolicyKind, required: true, description: 'Kind of the document' }),
      actions: t.arg.stringList({
        defaultValue: [],
        description: 'Actions, with `*` and `?`, at most 100; empty: every action',
      }),
      resources: t.arg({
        type: ['Arn'],
        defaultValue: [],
        description: 'ARNs, with `*` and `?`, at most 100 of at most 2,048 characters; empty: every resource',
      }),
    },
    complexity: ({ document }) => costOf(document),
    resolve: async (_root, { document, kind, actions, resources }, { access, directory, now }) => {
      await directory.revision();
      const check = { document: document.text, kind, actions: actions ?? [], resources: resources ?? [] };
      return { outcome: await access.checkAccessNotGranted(check, now), given: { document } };
    },
  }),
);

builder.queryField('checkNoPublicAccess', (t) =>
  t.field({
    type: PolicyCheck,
    nullable: true,
    description:
      'Whether the policy of a resource, or the trust policy of a role, grants access to the public: the question of ' +
      'CheckNoPublicAccess of IAM Access Analyzer, for resources of every type. The public is everybody who is not named: an ' +
      'anonymous caller, a principal of an account that the document does not name, an identity of a provider that anybody can ' +
      'have. It comes from no organization, account, VPC, VPC endpoint, source or narrow range of addresses that the document ' +
      `fixes. AWS’s services are not the public. ${GRANTS} S3 Block Public Access is not considered. ${NOTHING_READ}`,
    args: {
      document: t.arg({ type: 'PolicyDocument', required: true, ...CHECKED }),
      kind: t.arg({ type: PolicyKind, required: true, description: 'RESOURCE_POLICY or TRUST_POLICY' }),
    },
    complexity: ({ document }) => costOf(document),
    resolve: async (_root, { document, kind }, { access, directory, now }) => {
      await directory.revision();
      const outcome = await access.checkNoPublicAccess({ document: document.text, kind }, now);
      return { outcome, given: { document } };
    },
  }),
);
