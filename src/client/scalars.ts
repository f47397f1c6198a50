/**
 * The type of each scalar of the schema in TypeScript, as answers have it: for `config.scalars` of GraphQL Code Generator and for
 * other generators. test/client/schema.test.ts knows that none is missing.
 */
export const SCALARS = {
  AccountId: 'string',
  Arn: 'string',
  DateTime: 'string',
  PolicyDocument: 'unknown',
  PrincipalId: 'string',
  RequestContext: 'Record<string, string | number | boolean | ReadonlyArray<string | number | boolean>>',
  Revision: 'string',
  Upload: 'Blob',
} as const;
