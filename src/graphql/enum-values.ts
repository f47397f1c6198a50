import { isEnumType } from 'graphql';
import { buildSchema } from './schema.ts';

/** How the two messages of graphql-js name the enum of an invalid value. */
const NAMED = /does not exist in "(\w+)" enum|Enum "(\w+)" cannot represent/;

/** The message with all values of its enum: graphql-js lists only similar ones. */
export function withEnumValues(message: string): string {
  const [, first, second] = NAMED.exec(message) ?? [];
  const name = first ?? second;
  const type = name === undefined ? undefined : buildSchema().getType(name);
  if (!isEnumType(type)) return message;
  const values = type.getValues().map((value) => value.name);
  return `${message.replace(/ Did you mean the enum value.*$/s, '')} Its values are ${values.join(', ')}.`;
}
