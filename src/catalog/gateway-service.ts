import { numberAction } from '../evaluation/action-number.ts';
import type { AccessLevel, CatalogAction, CatalogService, ResourceType } from './catalog-service.ts';

/** The prefix of the gateway's own actions, for operations that AWS does not have. They are no actions of AWS. */
export const GATEWAY_PREFIX = 'rolegate';

const KEY = GATEWAY_PREFIX;

const NONE: readonly never[] = [];

/** Name, access level, and what the action permits. */
const ACTIONS: readonly (readonly [name: string, level: AccessLevel, description: string])[] = [
  ['CreateChecker', 'WRITE', 'Grants permission to create a checker that asks about the principals of the account'],
  ['ListCheckers', 'LIST', 'Grants permission to list the checkers that ask about principals of the account only'],
  ['RevokeChecker', 'WRITE', 'Grants permission to revoke checkers that ask about principals of the account only'],
  ['RotateChecker', 'WRITE', 'Grants permission to give a checker of its own another token'],
];

/** Any resource of any service. */
const RESOURCE: ResourceType = {
  name: 'resource',
  arns: ['arn:${Partition}:${Service}:${Region}:${Account}:${Resource}'],
  conditionKeys: ['aws:ResourceTag/${TagKey}'],
};

const REQUEST_TAG = 'aws:RequestTag/${TagKey}';
const TAG_KEYS = 'aws:TagKeys';

/** As ACTIONS, of actions on a resource, with the condition keys of their requests. */
const ON_RESOURCES: readonly (readonly [
  name: string,
  level: AccessLevel,
  description: string,
  conditionKeys: readonly string[],
])[] = [
  ['DeleteResource', 'WRITE', 'Grants permission to remove a resource from the directory', NONE],
  [
    'DeleteResourcePolicy',
    'PERMISSIONS_MANAGEMENT',
    'Grants permission to remove the policy of a resource whose service has no action for it',
    NONE,
  ],
  [
    'PutResource',
    'WRITE',
    'Grants permission to enter a resource in the directory, with its tags',
    [REQUEST_TAG, TAG_KEYS],
  ],
  [
    'PutResourcePolicy',
    'PERMISSIONS_MANAGEMENT',
    'Grants permission to write the policy of a resource whose service has no action for it',
    NONE,
  ],
  [
    'TagResource',
    'TAGGING',
    'Grants permission to add tags to a resource whose service has no action for it',
    [REQUEST_TAG, TAG_KEYS],
  ],
  [
    'UntagResource',
    'TAGGING',
    'Grants permission to remove tags from a resource whose service has no action for it',
    [TAG_KEYS],
  ],
];

function actionOf(
  name: string,
  accessLevel: AccessLevel,
  resourceTypes: CatalogAction['resourceTypes'] = NONE,
  conditionKeys: readonly string[] = NONE,
): CatalogAction {
  return {
    name: `${KEY}:${name}`,
    service: KEY,
    wildcardOnly: resourceTypes.length === 0,
    resourceControlSupported: false,
    number: numberAction(`${KEY}:${name}`),
    accessLevel,
    resourceTypes,
    conditionKeys,
    dependentActions: null,
  };
}

const ON_ANY: CatalogAction['resourceTypes'] = [{ type: RESOURCE, required: true }];

/** The gateway as a service beside those of AWS. */
export const GATEWAY_SERVICE: CatalogService = {
  key: KEY,
  name: 'Rolegate',
  resourceControlSupported: false,
  actions: [
    ...ACTIONS.map(([name, level]) => actionOf(name, level)),
    ...ON_RESOURCES.map(([name, level, _description, keys]) => actionOf(name, level, ON_ANY, keys)),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  resourceTypes: [RESOURCE],
  conditionKeys: NONE,
};

/** What each of its actions permits, by the full name. */
export const GATEWAY_DESCRIPTIONS: ReadonlyMap<string, string> = new Map(
  [...ACTIONS, ...ON_RESOURCES].map(([name, _level, description]) => [`${KEY}:${name}`, description]),
);
