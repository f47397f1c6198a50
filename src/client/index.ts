export { createRolegate, type FilterRequest, type Rolegate, type RolegateOptions } from './client.ts';
export { AccessDeniedError } from './errors.ts';
export { type FieldGuards, guardFields, type NeedsExtensions, needs } from './guarded-fields.ts';
export { type CheckOf, fastifyHook, middleware } from './middleware.ts';
export { SCALARS } from './scalars.ts';
export type {
  CallOptions,
  Check,
  CheckOptions,
  DecisionEffect,
  Failure,
  PolicyLayer,
  RequestContext,
  Verdict,
} from './types.ts';
