import {
  type HypotheticalSession,
  ListedQuestion,
  NO_CONTEXT,
  NO_RESOURCES,
  type Question,
  type QuestionList,
  type Subject,
} from '../../access/question.ts';
import type { RequestContext } from '../../evaluation/request.ts';
import { InvalidInput } from '../../policy/errors.ts';
import type { PrincipalRef } from '../../policy/principal-id.ts';
import { builder } from '../builder.ts';
import { MAX_BATCH_SIZE } from '../cost.ts';
import { TagInput } from '../entities/tag.ts';
import { commonForm, hasMembers } from '../execution/coerce-variables.ts';
import { textsOf } from '../given-document.ts';
import { given } from '../input.ts';

export const ACTION_DESCRIPTION = 'service:Action without wildcards, compared without regard to case: `s3:GetObject`';
export const RESOURCE_DESCRIPTION =
  'An ARN. `*`: for an action without resource types, no resource; for others, everything that the action can be asked on, of ' +
  'which all must be allowed';
export const RESOURCE_IS_PATTERN_DESCRIPTION =
  'Whether `*` and `?` in `resource` are wildcards. The question is then about all resources that it names and the action can be ' +
  'asked on: see `Decision.coverage`. At most 100 in one request, the bare `*` included. False: they are characters of a name, as S3 keys may have them';
export const RESOURCE_ACCOUNT_DESCRIPTION =
  'Owner of the resource where its ARN names no account (S3) and the directory does not know it';
export const CONTEXT_DESCRIPTION =
  'Condition keys of the request. Left out: none beside those that follow from it. Whoever asks about itself without ' +
  'iam:SimulatePrincipalPolicy: for policies of others that it may not read, only keys count that its own HTTP request has';
export const ASSUME_KEYS_DESCRIPTION =
  'Whether condition keys that every request has and `context` does not give are assumed: see `Decision.assumedContextKeys`. ' +
  'False: they are missing';
export const ASSUMED_ROLE_DESCRIPTION =
  'Ask about the principal in this role: it has given up its own permissions and has those of the role. If it may ' +
  'not assume the role, the answer is a denial that says so';
export const SESSION_DESCRIPTION = 'Parameters of the session of the assumed role';

/** The meaning of null in a list of answers. */
export const NULL_ITEM =
  'An entry is null if that request could not be answered, which is neither allowed nor denied: the error is at its ' +
  'place, with the faulty input in `extensions.field`. Beyond 100 errors, one error with the code MORE_ERRORS has ' +
  'the `count` of the others. The list is null if an error concerns no single entry';

export const HypotheticalSessionInput = builder.inputType('HypotheticalSessionInput', {
  description:
    'A hypothetical role session, as assuming the role with these arguments would make it. What is ' +
    'left out is missing from the request, not guessed',
  fields: (t) => ({
    roleSessionName: t.string({ description: 'Name of the session: 2 to 64 characters of A-Z a-z 0-9 _ + = , . @ -' }),
    sessionPolicies: t.field({
      type: ['PolicyDocument'],
      description: 'Policies passed with the call: the session holds only what they and the role both allow',
    }),
    sessionPolicyArns: t.field({ type: ['Arn'], description: 'Managed policies passed with the call, at most 10' }),
    tags: t.field({ type: [TagInput], description: 'Session tags, at most 50' }),
    externalId: t.string({ description: 'External id, which the trust policy may require: 2 to 1,224 characters' }),
    sourceIdentity: t.string({ description: 'Source identity: 2 to 64 characters' }),
    mfaAuthenticated: t.boolean({
      description: 'Whether the caller authenticated with MFA. Left out: not part of the request',
    }),
  }),
});

/** Where an entry does not say. */
const IS_PATTERN = false;
const ASSUMES_KEYS = true;

// Classes: where most objects of a literal outlive a collection, as in the middle of a long list, V8 goes over to making them among
// what is old, which takes several times as long.

/** A check of the common form. */
class GivenCheck {
  declare readonly action: string;
  declare readonly resource: unknown;
  declare readonly resourceIsPattern: boolean;

  constructor(action: string, resource: unknown) {
    this.action = action;
    this.resource = resource;
    this.resourceIsPattern = IS_PATTERN;
  }
}

/** A request of the common form. */
class GivenRequest {
  declare readonly principal: unknown;
  declare readonly action: string;
  declare readonly resource: unknown;
  declare readonly resourceIsPattern: boolean;
  declare readonly assumeContextKeys: boolean;

  constructor(principal: unknown, action: string, resource: unknown) {
    this.principal = principal;
    this.action = action;
    this.resource = resource;
    this.resourceIsPattern = IS_PATTERN;
    this.assumeContextKeys = ASSUMES_KEYS;
  }
}

/** The same with a context. */
class GivenRequestInContext extends GivenRequest {
  declare readonly context: unknown;

  constructor(principal: unknown, action: string, resource: unknown, context: unknown) {
    super(principal, action, resource);
    this.context = context;
  }
}

export const AccessRequestInput = builder.inputType('AccessRequestInput', {
  description: 'A request to decide: whether `principal` may do `action` on `resource`',
  extensions: commonForm((coerce) => {
    const [principal, resource, context] = [coerce('principal'), coerce('resource'), coerce('context')];
    return (given) => {
      const action = given['action'];
      if (typeof action !== 'string') return undefined;
      if (hasMembers(given, 3)) {
        return new GivenRequest(principal(given['principal']), action, resource(given['resource']));
      }
      if (given['context'] === undefined || !hasMembers(given, 4)) return undefined;
      const ofContext = context(given['context']);
      return new GivenRequestInContext(principal(given['principal']), action, resource(given['resource']), ofContext);
    };
  }),
  fields: (t) => ({
    principal: t.field({ type: 'PrincipalId', required: true, description: 'The principal of the request' }),
    assumedRole: t.field({ type: 'Arn', description: ASSUMED_ROLE_DESCRIPTION }),
    session: t.field({ type: HypotheticalSessionInput, description: SESSION_DESCRIPTION }),
    action: t.string({ required: true, description: ACTION_DESCRIPTION }),
    resource: t.field({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
    resourceIsPattern: t.boolean({ defaultValue: IS_PATTERN, description: RESOURCE_IS_PATTERN_DESCRIPTION }),
    furtherResources: t.field({
      type: ['Arn'],
      description:
        'Other resources of the same call, at most 50: the image and the subnet of `ec2:RunInstances`. All have to ' +
        'be allowed; the decision is that of the most restrictive',
    }),
    resourceAccount: t.field({ type: 'AccountId', description: RESOURCE_ACCOUNT_DESCRIPTION }),
    context: t.field({ type: 'RequestContext', description: CONTEXT_DESCRIPTION }),
    assumeContextKeys: t.boolean({ defaultValue: ASSUMES_KEYS, description: ASSUME_KEYS_DESCRIPTION }),
  }),
});

export const CheckInput = builder.inputType('CheckInput', {
  description: 'One check in a list of checks for the same principal',
  extensions: commonForm((coerce) => {
    const resource = coerce('resource');
    return (given) => {
      const action = given['action'];
      if (typeof action !== 'string' || !hasMembers(given, 2)) return undefined;
      return new GivenCheck(action, resource(given['resource']));
    };
  }),
  fields: (t) => ({
    action: t.string({ required: true, description: ACTION_DESCRIPTION }),
    resource: t.field({ type: 'Arn', required: true, description: RESOURCE_DESCRIPTION }),
    resourceIsPattern: t.boolean({ defaultValue: IS_PATTERN, description: RESOURCE_IS_PATTERN_DESCRIPTION }),
    resourceAccount: t.field({ type: 'AccountId', description: RESOURCE_ACCOUNT_DESCRIPTION }),
  }),
});

interface SubjectInput {
  readonly principal: PrincipalRef;
  readonly assumedRole?: string | null | undefined;
  readonly session?: typeof HypotheticalSessionInput.$inferInput | null | undefined;
}

/** `at`: the name of `session`, for errors. */
export function toSubject(input: SubjectInput, at: () => string): Subject {
  return {
    principal: input.principal,
    assumedRole: input.assumedRole ?? null,
    session: toSession(input.session, at),
  };
}

function toSession(
  input: typeof HypotheticalSessionInput.$inferInput | null | undefined,
  at: () => string,
): HypotheticalSession | null {
  if (input == null) return null;
  const { tags, sessionPolicies, ...rest } = given(input);
  return {
    ...rest,
    ...(sessionPolicies === undefined ? {} : { sessionPolicies: textsOf(sessionPolicies) }),
    ...(tags === undefined ? {} : { tags: toTags(tags, `${at()}.tags`) }),
  };
}

/** Tags as one object. Throws InvalidInput if a key is given twice, which AWS does not allow in a list of tags. */
export function toTags(
  tags: readonly { readonly key: string; readonly value: string }[],
  field: string,
): Readonly<Record<string, string>> {
  const seen = new Set<string>();
  for (const [index, { key }] of tags.entries()) {
    const name = key.toLowerCase();
    if (seen.has(name)) throw new InvalidInput(`${field}[${index}].key`, `the tag key \`${key}\` is given twice`);
    seen.add(name);
  }
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

interface RequestInput {
  readonly action: string;
  readonly resource: string;
  readonly resourceIsPattern?: boolean | null | undefined;
  readonly furtherResources?: readonly string[] | null | undefined;
  readonly resourceAccount?: string | null | undefined;
  readonly context?: RequestContext | null | undefined;
  readonly assumeContextKeys?: boolean | null | undefined;
}

/** `path` is the place of `input` in the client's request; empty: its fields are arguments of the field itself. */
export function toQuestion(subject: Subject, input: RequestInput, path: string): Question {
  // The bare `*` asks about everything that the action can be asked on: it is allowed only if all of it is.
  const resourceIsPattern = input.resourceIsPattern === true || input.resource === '*';
  return {
    subject,
    action: input.action,
    resource: input.resource,
    resourceIsPattern,
    furtherResources: input.furtherResources ?? NO_RESOURCES,
    resourceAccount: input.resourceAccount ?? null,
    context: input.context ?? NO_CONTEXT,
    assumeContextKeys: input.assumeContextKeys ?? true,
    path,
  };
}

/** Like `toQuestion`, for entry `index` of `list`. */
export function toListed(subject: Subject, input: RequestInput, list: QuestionList, index: number): ListedQuestion {
  return new ListedQuestion(subject, input, list, index, input.resourceIsPattern === true || input.resource === '*');
}

/** Like `toQuestion`, without a subject; the bare `*` stays what it is. */
export function toOpenQuestion(input: RequestInput, path: string): Omit<Question, 'subject'> {
  return {
    action: input.action,
    resource: input.resource,
    ...(input.resourceIsPattern === true ? { resourceIsPattern: true } : {}),
    ...(input.furtherResources == null ? {} : { furtherResources: input.furtherResources }),
    resourceAccount: input.resourceAccount ?? null,
    context: input.context ?? NO_CONTEXT,
    ...(input.assumeContextKeys == null ? {} : { assumeContextKeys: input.assumeContextKeys }),
    path,
  };
}

/** Refuses a list that is too long before any work is done for it. */
export function checkBatchSize(length: number, field: string, limit = MAX_BATCH_SIZE): void {
  if (length > limit) throw new InvalidInput(field, `\`${field}\` has ${length} entries; the limit is ${limit}`);
}
