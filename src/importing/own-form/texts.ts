import { instantText, parseIso } from '../../policy/date.ts';
import { EARLIEST, LATEST } from '../entry.ts';
import { Misfit } from './place.ts';
import { named, plain, type Shape } from './shape.ts';

/** PostgreSQL stores no U+0000, and UTF-8 has no half of a surrogate pair. */
export const STORABLE = '^[^\\u0000\\p{Surrogate}]*$';
const storable = new RegExp(STORABLE, 'u');

export const text = named<string>(
  'text',
  plain(
    { type: 'string', pattern: STORABLE, description: 'A text without U+0000 and halves of surrogate pairs' },
    'a text without U+0000 and halves of surrogate pairs',
    (value) => typeof value === 'string' && storable.test(value),
  ),
);

/** A text of this form, which excludes what cannot be stored. */
function formed(pattern: string, expected: string): Shape<string> {
  const expression = new RegExp(pattern, 'u');
  return plain({ type: 'string', pattern }, expected, (value) => typeof value === 'string' && expression.test(value));
}

export const accountId = formed('^[0-9]{12}$', 'an account id of twelve digits');
export const uniqueId = formed('^[A-Za-z0-9_]{1,128}$', 'a unique id of letters and digits');

/** What stands between two colons or slashes of an ARN. */
const PART = '[^:/\\u0000\\p{Surrogate}]+';
const PATH = '(?:[^/\\u0000\\p{Surrogate}]*/)*';
const NAME = '[^/\\u0000\\p{Surrogate}]+';

/** The ARN of an entity of IAM. A policy can belong to AWS. */
export function iamArn(
  type: 'user' | 'group' | 'role' | 'instance-profile' | 'oidc-provider' | 'policy',
): Shape<string> {
  const owner = type === 'policy' ? '(?:[0-9]{12}|aws)' : '[0-9]{12}';
  const article = /^[aio]/.test(type) ? 'an' : 'a';
  const noun = type.replace('-', ' ').replace('oidc', 'OIDC');
  return formed(`^arn:${PART}:iam:(?:${PART})?:${owner}:${type}/${PATH}${NAME}$`, `the ARN of ${article} ${noun}`);
}

export const anyArn = formed(`^arn:${PART}:${PART}:(?:${PART})?:(?:${PART})?:[^\\u0000\\p{Surrogate}]+$`, 'an ARN');

/** The years 1 to 9999: others are written with a sign, which PostgreSQL does not read. */
const INSTANT =
  '^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})$';
const instantForm = new RegExp(INSTANT, 'u');

export const instant = named<string>('instant', {
  schema: { type: 'string', format: 'date-time', pattern: INSTANT, description: 'An instant in ISO 8601' },
  read: (value, place) => {
    const at = typeof value === 'string' && instantForm.test(value) ? parseIso(value) : null;
    if (at === null || at < EARLIEST || at > LATEST)
      throw Misfit.value(place, 'an instant such as 2026-11-26T10:00:00Z', value);
    return instantText(at);
  },
  write: (value) => value,
});

export const boolean: Shape<boolean> = plain(
  { type: 'boolean' },
  'true or false',
  (value) => typeof value === 'boolean',
);

export function integer(minimum: number, maximum: number): Shape<number> {
  return plain(
    { type: 'integer', minimum, maximum },
    `a whole number from ${minimum} to ${maximum}`,
    (value) => Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
  );
}
