import type {
  ActionResource,
  CatalogAction,
  CatalogService,
  ConditionKey,
  ResourceType,
} from '../../catalog/catalog-service.ts';
import { numberAction } from '../../evaluation/action-number.ts';
import type { OwnServiceInput } from '../document.ts';

/** A service of one's own with every list, as it is stored. */
export interface OwnService extends Required<OwnServiceInput> {
  readonly actions: readonly Required<OwnServiceInput['actions'][number]>[];
  readonly resourceTypes: readonly Required<NonNullable<OwnServiceInput['resourceTypes']>[number]>[];
}

/** Its members alone, with empty lists for what is left out. INVARIANT: it was checked. */
export function completed({
  prefix,
  name,
  actions,
  resourceTypes = [],
  conditionKeys = [],
}: OwnServiceInput): OwnService {
  return {
    prefix,
    name,
    actions: actions.map((action) => ({
      name: action.name,
      accessLevel: action.accessLevel,
      resourceTypes: action.resourceTypes ?? [],
      conditionKeys: action.conditionKeys ?? [],
    })),
    resourceTypes: resourceTypes.map((type) => ({
      name: type.name,
      arnPattern: type.arnPattern,
      conditionKeys: type.conditionKeys ?? [],
      canHavePolicy: type.canHavePolicy ?? false,
    })),
    conditionKeys: conditionKeys.map((key) => ({ name: key.name, type: key.type })),
  };
}

/** Keys of tags, which a service's actions and resources name like keys of its own. */
export const TAG_KEYS: ReadonlyMap<string, ConditionKey> = new Map(
  [
    { name: 'aws:RequestTag/${TagKey}', type: 'String' },
    { name: 'aws:ResourceTag/${TagKey}', type: 'String' },
    { name: 'aws:TagKeys', type: 'ArrayOfString' },
  ].map((key) => [key.name, key]),
);

/** The service as the catalogue has it. */
export function catalogServiceOf({ prefix, name, actions, resourceTypes, conditionKeys }: OwnService): CatalogService {
  const types = new Map(
    resourceTypes.map((type): [string, ResourceType] => [
      type.name,
      {
        name: type.name,
        arns: [type.arnPattern],
        conditionKeys: type.conditionKeys,
        canHavePolicy: type.canHavePolicy,
      },
    ]),
  );
  const used = new Set([...actions, ...resourceTypes].flatMap((each) => each.conditionKeys));
  return {
    key: prefix,
    name,
    isOwn: true,
    resourceControlSupported: false,
    actions: actions.map((action): CatalogAction => {
      const taken = action.resourceTypes.flatMap((each): readonly ActionResource[] => {
        const type = types.get(each);
        return type === undefined ? [] : [{ type, required: action.resourceTypes.length === 1 }];
      });
      const fullName = `${prefix}:${action.name}`;
      return {
        name: fullName,
        service: prefix,
        wildcardOnly: taken.length === 0,
        resourceControlSupported: false,
        number: numberAction(fullName),
        accessLevel: action.accessLevel,
        resourceTypes: taken,
        conditionKeys: action.conditionKeys,
        dependentActions: null,
      };
    }),
    resourceTypes: [...types.values()],
    conditionKeys: [...conditionKeys, ...[...TAG_KEYS.values()].filter((key) => used.has(key.name))],
  };
}
