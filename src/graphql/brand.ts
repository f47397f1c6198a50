import { brandWithType, type OutputType, type SchemaTypes } from '@pothos/core';

/**
 * Marks a value behind an interface with its object type, for values that do not carry it themselves. Returns the value.
 */
export function brand<T extends object>(value: T, typeName: string): T {
  brandWithType(value, typeName as OutputType<SchemaTypes>); // as: Pothos expects names that it knows; ours are given as strings
  return value;
}
