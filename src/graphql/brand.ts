import { brandWithType, type OutputType, type SchemaTypes, typeBrandKey } from '@pothos/core';

/**
 * Marks a value behind an interface with its object type, for values that do not carry it themselves. Returns the value.
 */
export function brand<T extends object>(value: T, typeName: string): T {
  brandWithType(value, typeName as OutputType<SchemaTypes>); // as: Pothos expects names that it knows; ours are given as strings
  return value;
}

/** The class of values of a type that hold nothing but an ARN. Its prototype has the mark: lists have a thousand of them. */
export function namedBy(typeName: string) {
  class Named {
    readonly arn: string;

    constructor(arn: string) {
      this.arn = arn;
    }
  }
  Object.defineProperty(Named.prototype, typeBrandKey, { value: typeName });
  return Named;
}
