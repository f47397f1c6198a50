import type { AttachedPolicy, ControlLevel } from '../../src/evaluation/applicable-policies.ts';

/** A level of an organization with its control policies, told by its id. */
export function controlLevel(id: string, policies: readonly AttachedPolicy[]): ControlLevel {
  const level = { kind: 'ORGANIZATIONAL_UNIT', id, name: null, arn: null } as const;
  return { level, policies: policies.map((one) => ({ ...one, level })) };
}
