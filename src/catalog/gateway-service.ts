import { numberAction } from '../evaluation/action-number.ts';
import type { AccessLevel, CatalogAction, CatalogService } from './catalog-service.ts';

/** The prefix of the gateway's own actions, for operations that AWS does not have. They are no actions of AWS. */
const KEY = 'rolegate';

const NONE: readonly never[] = [];

/** Name, access level, and what the action permits. */
const ACTIONS: readonly (readonly [name: string, level: AccessLevel, description: string])[] = [
  ['CreateChecker', 'WRITE', 'Grants permission to create a checker that asks about the principals of the account'],
  ['ListCheckers', 'LIST', 'Grants permission to list the checkers that ask about principals of the account only'],
  ['RevokeChecker', 'WRITE', 'Grants permission to revoke checkers that ask about principals of the account only'],
  ['RotateChecker', 'WRITE', 'Grants permission to give a checker of its own another token'],
];

function actionOf(name: string, accessLevel: AccessLevel): CatalogAction {
  return {
    name: `${KEY}:${name}`,
    service: KEY,
    wildcardOnly: true,
    resourceControlSupported: false,
    number: numberAction(`${KEY}:${name}`),
    accessLevel,
    resourceTypes: NONE,
    conditionKeys: NONE,
    dependentActions: null,
  };
}

/** The gateway as a service beside those of AWS. */
export const GATEWAY_SERVICE: CatalogService = {
  key: KEY,
  name: 'Rolegate',
  resourceControlSupported: false,
  actions: ACTIONS.map(([name, level]) => actionOf(name, level)),
  resourceTypes: NONE,
  conditionKeys: NONE,
};

/** What each of its actions permits, by the full name. */
export const GATEWAY_DESCRIPTIONS: ReadonlyMap<string, string> = new Map(
  ACTIONS.map(([name, _level, description]) => [`${KEY}:${name}`, description]),
);
