import type * as iam from '@aws-sdk/client-iam';
import { checkAction } from '../../../access/check-action.ts';
import { MAX_QUESTIONS } from '../../../access/check-question.ts';
import { checkSimulated } from '../../../access/simulator-rules.ts';
import type { CatalogAction } from '../../../catalog/catalog.ts';
import type { RequestContext } from '../../../evaluation/request.ts';
import { parseArn } from '../../../policy/arn.ts';
import { isAccountId } from '../../../policy/principal-id.ts';
import { quoted } from '../../wire/read-input.ts';
import type { AwsContext, Given } from '../operation.ts';
import { contextOf } from './context-entries.ts';
import { type Entity, entityOf } from './entity.ts';
import { checkHandlingOption } from './handling-option.ts';
import { invalidInput, ofGiven } from './invalid-input.ts';

/** The inputs that both simulations have. */
export type SimulationInput = Given<
  Pick<
    iam.SimulatePrincipalPolicyRequest,
    | 'ActionNames'
    | 'ResourceArns'
    | 'PolicyInputList'
    | 'PermissionsBoundaryPolicyInputList'
    | 'ResourcePolicy'
    | 'ResourceOwner'
    | 'CallerArn'
    | 'ContextEntries'
    | 'ResourceHandlingOption'
    | 'MaxItems'
    | 'Marker'
  >
>;

/** An action as it was given, with the catalogue's entry. */
export interface GivenAction {
  readonly name: string;
  readonly action: CatalogAction;
}

/** The inputs of a simulation, checked. */
export interface GivenSimulation {
  readonly actions: readonly GivenAction[];
  /** Empty: none were given. They mean `*`, of which AWS reports no results for single resources. */
  readonly resources: readonly string[];
  readonly resourcePolicy: string | null;
  /** The owner of resources whose ARNs name no account; null: the caller's account. */
  readonly owner: string | null;
  /** Null: not given. */
  readonly caller: Entity | null;
  readonly context: RequestContext;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
const MOST_BOUNDARIES = 1;

const LONGEST_RESOURCE = 2048;

/** Throws InvalidInput. */
export function givenSimulation({ catalog }: AwsContext, input: SimulationInput): GivenSimulation {
  if (input.ActionNames.length === 0) throw invalidInput('Invalid Input ActionNames: at least one action is needed');
  const actions = input.ActionNames.map((name, index) => ({
    name,
    action: ofGiven(() => checkAction(catalog, name, `ActionNames.${index + 1}`)),
  }));
  const { ResourceArns: resources = [], ResourcePolicy: resourcePolicy = null } = input;
  for (const [index, resource] of resources.entries()) {
    // Every result repeats it.
    if (resource !== '*' && (resource.length > LONGEST_RESOURCE || parseArn(resource) === null)) {
      throw invalidInput(
        `ResourceNames are not in a valid ARN format: ${quoted(resource)} (ResourceArns.${index + 1}).`,
      );
    }
  }
  const count = actions.length * Math.max(1, resources.length);
  if (count > MAX_QUESTIONS) {
    throw invalidInput(`Invalid Input ActionNames: ${count} actions on resources; the limit is ${MAX_QUESTIONS}`);
  }
  if ((input.PermissionsBoundaryPolicyInputList ?? []).length > MOST_BOUNDARIES) {
    throw invalidInput(`The list of Permissions Boundary policies cannot exceed ${MOST_BOUNDARIES} items.`);
  }
  checkHandlingOption(input.ResourceHandlingOption, resources);
  const context = contextOf(input.ContextEntries ?? []);
  ofGiven(() => checkSimulated(catalog, { resource: '*', context, path: 'requests' }));
  const caller = input.CallerArn === undefined ? null : entityOf(input.CallerArn);
  return { actions, resources, resourcePolicy, owner: ownerOf(input.ResourceOwner), caller, context };
}

/** AWS documents an account number at one operation and the ARN of its root user at the other: both are understood. */
function ownerOf(given: string | undefined): string | null {
  if (given === undefined) return null;
  if (isAccountId(given)) return given;
  const parts = parseArn(given);
  if (parts?.service === 'iam' && parts.resource === 'root' && isAccountId(parts.accountId)) return parts.accountId;
  throw invalidInput(`${quoted(given)} is not a valid as a Resource Owner.`);
}

/** AWS simulates resource policies for users only. Throws InvalidInput. */
export function checkCallerOfResourcePolicy({ resourcePolicy }: GivenSimulation, caller: Entity | null): void {
  if (resourcePolicy === null) return;
  if (caller === null) {
    throw invalidInput('Invalid Input CallerArn: a simulation with ResourcePolicy needs the caller that it names');
  }
  if (caller.kind !== 'user') throw invalidInput('Invalid caller - Caller must be an IAM user in this context.');
}
