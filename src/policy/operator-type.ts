import { isArnPattern } from './compare/arn.ts';
import { parseBinary } from './compare/binary.ts';
import { parseRange } from './compare/ip.ts';
import { parseDecimal } from './compare/number.ts';
import { parseInstant } from './date.ts';
import type { OperatorUse } from './operator.ts';

/** What the values of an operator have to be. */
interface ValueType {
  readonly name: string;
  /** `variables`: policy variables have a meaning; what they hold is only known with a request. */
  readonly reads: (value: string, variables: boolean) => boolean;
}

const TRUE_OR_FALSE = /^(?:true|false)$/i;

const FLAG: ValueType = { name: '`true` or `false`', reads: (value) => TRUE_OR_FALSE.test(value) };

/** By what the names of operators begin with. Those of texts are not among them: every value is one. */
const TYPES: readonly (readonly [prefix: string, type: ValueType])[] = [
  ['Numeric', { name: 'a number', reads: (value) => parseDecimal(value) !== null }],
  ['Date', { name: 'a date', reads: (value) => parseInstant(value) !== null }],
  [
    'Bool',
    {
      name: '`true` or `false`',
      reads: (value, variables) => TRUE_OR_FALSE.test(value) || (variables && value.includes('${')),
    },
  ],
  ['Binary', { name: 'base64', reads: (value) => parseBinary(value) !== null }],
  ['IpAddress', { name: 'an IP address or range', reads: (value) => parseRange(value) !== null }],
  ['NotIpAddress', { name: 'an IP address or range', reads: (value) => parseRange(value) !== null }],
  ['Arn', { name: 'an ARN', reads: isArnPattern }],
];

/** What a value of a policy would have to be for the operator to compare with it; null: it is. */
export function missedType({ operator }: OperatorUse, value: string, variables: boolean): string | null {
  const name = operator?.name ?? null;
  const type = name === null ? FLAG : TYPES.find(([prefix]) => name.startsWith(prefix))?.[1];
  return type === undefined || type.reads(value, variables) ? null : type.name;
}
