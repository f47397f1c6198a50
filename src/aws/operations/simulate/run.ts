import type * as iam from '@aws-sdk/client-iam';
import type { Answer } from '../../../access/question.ts';
import type { Simulation } from '../../../access/simulate.ts';
import type { PrincipalFacts } from '../../../evaluation/principal.ts';
import { principalValue } from '../../../evaluation/principal-values.ts';
import { parseArn } from '../../../policy/arn.ts';
import { RolegateError } from '../../../policy/errors.ts';
import { type CompiledPolicy, readPolicy } from '../../../policy/load.ts';
import { keysOfPolicies } from '../../../policy/policy-keys.ts';
import type { PolicyKind } from '../../../policy/policy-kind.ts';
import { isAccountId } from '../../../policy/principal-id.ts';
import { invalidMarker, paged } from '../iam-read/paging.ts';
import type { AwsContext } from '../operation.ts';
import { type Entity, refOf } from './entity.ts';
import type { GivenSimulation, SimulationInput } from './given.ts';
import { asInvalidInput, invalidInput, ofGivenInTurns } from './invalid-input.ts';
import { evaluationResult, MOST_STATEMENTS, type Simulated } from './results.ts';
import type { StoredEntity } from './stored.ts';

/** Whose calls are simulated, with which policies. */
export interface SimulatedSide {
  /** Null: nobody in particular. Nothing follows from the caller, and every resource is in its account. */
  readonly caller: Entity | null;
  /** The caller's account. */
  readonly home: Pick<Entity, 'accountId' | 'partition'>;
  /** Null: nothing stored takes part. */
  readonly stored: Pick<StoredEntity, 'policies'> | null;
  /** What is known about the caller; null: what its ARN says. */
  readonly facts: PrincipalFacts | null;
  /** Service control policies that were given, from the root to the account; null: none were. */
  readonly given: readonly (readonly string[])[] | null;
  /** The account is in an organization. */
  readonly inOrganization: boolean;
  /** Condition keys that follow from the caller, in lower case. */
  readonly follows: ReadonlySet<string>;
}

/** Decides a page of actions, each on all resources. `operation`: AWS's name, to which its markers belong. */
export async function runSimulation(
  context: AwsContext,
  operation: string,
  input: SimulationInput,
  given: GivenSimulation,
  side: SimulatedSide,
): Promise<iam.SimulatePolicyResponse> {
  const { PolicyInputList = [], PermissionsBoundaryPolicyInputList = [] } = input;
  const { actions, resourcePolicy, owner } = given;
  const resources = given.resources.length === 0 ? ['*'] : given.resources;
  const { entries: page, truncation } = await paged(operation, input, ({ after, limit }) => {
    const from = after === null ? 0 : indexIn(after.key) + 1;
    return Promise.resolve(actions.slice(from, from + limit).map((action, i) => ({ key: String(from + i), action })));
  });
  const simulation: Simulation = {
    caller: { principal: refOf(side.caller ?? somebodyOf(side.home)), roleArn: null, tags: {} },
    identityPolicies: PolicyInputList,
    permissionsBoundaries: PermissionsBoundaryPolicyInputList,
    sessionPolicies: [],
    resourcePolicy,
    vpcEndpointPolicy: null,
    serviceControlPolicies: side.given,
    resourceControlPolicies: null,
    requests: page.flatMap(({ action: { name } }) =>
      resources.map((resource) => ({ action: name, resource, resourceAccount: owner, context: given.context })),
    ),
    assumeContextKeys: false,
    ...(side.stored === null ? {} : { stored: { facts: side.facts, policies: side.stored.policies } }),
    simulator: { follows: side.follows },
    path: '',
  };
  const answers = await decided(context, simulation);
  const missing = await missingKeys(context, input, given, side);
  checkRepeated(page.length, resources, missing);
  const { accountId } = side.home;
  const simulated: Simulated = {
    byResource: given.resources.some((resource) => resource !== '*'),
    inOrganization: side.inOrganization,
    hasBoundary: PermissionsBoundaryPolicyInputList.length > 0 || (side.stored?.policies.boundary ?? null) !== null,
    missing,
    crosses: (resource) => resourcePolicy !== null && (accountOf(resource) ?? owner ?? accountId) !== accountId,
    places: new Map(),
    room: { statements: MOST_STATEMENTS },
  };
  const results: iam.EvaluationResult[] = [];
  for (const [i, { action }] of page.entries()) {
    const [first, ...others] = answers.slice(i * resources.length, (i + 1) * resources.length);
    if (first === undefined) throw new Error('an action without an answer');
    results.push(await evaluationResult(context, action, [first, ...others], simulated));
  }
  return { EvaluationResults: results, ...truncation };
}

/** The index of an action, in a marker. Throws ValidationError. */
function indexIn(key: string): number {
  if (/^\d{1,9}$/.test(key)) return Number(key);
  throw invalidMarker();
}

/** Characters of condition keys and resources that one answer repeats at most: a thousand each in ten thousand results. */
const MOST_CHARACTERS = 10_000_000;

/** Every result repeats all missing keys. Throws InvalidInput. */
function checkRepeated(actions: number, resources: readonly string[], missing: readonly string[]): void {
  const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, { length }) => sum + length, 0);
  const characters = actions * (lengthOf(resources) + (resources.length + 1) * lengthOf(missing));
  if (characters <= MOST_CHARACTERS) return;
  throw invalidInput(
    `Invalid Input ActionNames: the answer would repeat more than ${MOST_CHARACTERS} characters of condition keys and resources: simulate fewer actions or resources at once`,
  );
}

/** Throws InvalidInput for the first fault. */
async function decided({ access, now }: AwsContext, simulation: Simulation): Promise<readonly Answer[]> {
  const answers = await ofGivenInTurns(() => access.simulateEach(simulation, now));
  return answers.map((answer) => {
    if (answer instanceof RolegateError) throw asInvalidInput(answer);
    return answer;
  });
}

/** A user of whom nothing counts: no condition key follows from it, and no resource policy is there that could name it. */
function somebodyOf({ accountId, partition }: SimulatedSide['home']): Entity {
  return { kind: 'user', arn: `arn:${partition}:iam::${accountId}:user/-`, accountId, partition };
}

function accountOf(arn: string): string | null {
  const account = parseArn(arn)?.accountId ?? '';
  return isAccountId(account) ? account : null;
}

/**
 * The condition keys that the policies name and that have no value: all, whether they concern the simulated actions or not, but not
 * those of service control policies. https://github.com/boto/boto3/issues/3111
 */
async function missingKeys(
  { work, now }: AwsContext,
  { PolicyInputList = [], PermissionsBoundaryPolicyInputList = [] }: SimulationInput,
  { context, resourcePolicy }: GivenSimulation,
  { stored, facts, follows }: SimulatedSide,
): Promise<readonly string[]> {
  const { identity = [], boundary = null } = stored?.policies ?? {};
  const attached =
    boundary === null || PermissionsBoundaryPolicyInputList.length > 0 ? identity : [...identity, boundary];
  const policies: CompiledPolicy[] = attached.map(({ policy }) => policy);
  for (const [kind, texts] of [
    ['identity', PolicyInputList],
    ['boundary', PermissionsBoundaryPolicyInputList],
    ['resource', resourcePolicy === null ? [] : [resourcePolicy]],
  ] as const) {
    for (const text of texts) {
      await work.turn();
      const policy = withKeys(text, kind);
      if (policy !== null) policies.push(policy);
    }
  }
  return keysOfPolicies(policies)
    .filter((key) => !context.has(key.name))
    .filter((key) => !follows.has(key.name) || (facts !== null && principalValue(key, facts, now) === undefined))
    .map(({ written }) => written);
}

/** Null: it names no condition key, which most texts show. It has been decided on: it can be read. */
function withKeys(text: string, kind: PolicyKind): CompiledPolicy | null {
  return /Condition|\$\{|\\u/.test(text) ? readPolicy(text, kind) : null;
}
