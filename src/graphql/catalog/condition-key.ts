import type { OwnedConditionKey } from '../../access/catalog-search.ts';
import { builder } from '../builder.ts';
import { keyedConnection } from '../keyed-connection.ts';

export const ConditionKeyType = builder.enumType('ConditionKeyType', {
  description: 'Type of the values of a condition key, which says which operators fit',
  values: {
    STRING: { description: 'Text' },
    ARN: { description: 'An ARN' },
    NUMERIC: { description: 'A number' },
    BOOL: { description: '`true` or `false`' },
    DATE: { description: 'An instant' },
    IP_ADDRESS: { description: 'An IP address or a range of addresses' },
  } as const,
});

const TYPES = {
  String: 'STRING',
  ARN: 'ARN',
  Numeric: 'NUMERIC',
  Bool: 'BOOL',
  Date: 'DATE',
  IPAddress: 'IP_ADDRESS',
} as const;

const LIST = 'ArrayOf';

/** The type as the catalogue names it. */
export function storedTypeOf(type: (typeof TYPES)[keyof typeof TYPES], isMultivalued: boolean): string {
  const name = Object.keys(TYPES).find((each) => TYPES[each as keyof typeof TYPES] === type); // as: it is one of its keys
  if (name === undefined) throw new Error(`there is no type ${type} of condition keys`);
  return isMultivalued ? `${LIST}${name}` : name;
}

/** The types of the catalogue: `String`, `ArrayOfString` … Throws for one that is not known. */
function typeOf({ name, type }: OwnedConditionKey): (typeof TYPES)[keyof typeof TYPES] {
  const single = type.startsWith(LIST) ? type.slice(LIST.length) : type;
  // as: it is looked up as it is
  const known = Object.hasOwn(TYPES, single) ? TYPES[single as keyof typeof TYPES] : undefined;
  if (known === undefined) throw new Error(`the condition key ${name} has the unknown type ${type}`);
  return known;
}

const ConditionKey = builder.objectRef<OwnedConditionKey>('ConditionKey').implement({
  description: 'A condition key of the catalogue of services',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'Name of the key. A part such as `${TagKey}` stands for what the policy names there',
    }),
    type: t.field({ type: ConditionKeyType, description: 'Type of its values', resolve: typeOf }),
    isMultivalued: t.boolean({
      description:
        'Whether a request can have several values of it, so that a condition needs ForAllValues or ForAnyValue',
      resolve: ({ type }) => type.startsWith(LIST),
    }),
    service: t.exposeString('service', {
      nullable: true,
      description: 'Prefix of the service that it belongs to; null for a global key (`aws:…`)',
    }),
  }),
});

export const ConditionKeyConnection = keyedConnection('ConditionKey', ConditionKey, {
  page: 'A page of condition keys',
  entry: 'A condition key',
});
