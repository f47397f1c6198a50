import { brandWithType, type OutputType, type SchemaTypes } from '@pothos/core';

/**
 * Says of which object type a value behind an interface is, for values that do not say it themselves. Returns the value.
 */
export function brand<T extends object>(value: T, typeName: string): T {
  brandWithType(value, typeName as OutputType<SchemaTypes>); // Pothos wants names that it knows of; ours are given as strings
  return value;
}
