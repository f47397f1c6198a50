import { builder } from '../builder.ts';

export const AccessLevel = builder.enumType('AccessLevel', {
  description: 'Access level of an action, as in AWS’s service authorization reference',
  values: {
    LIST: { description: 'Lists resources, without their contents' },
    READ: { description: 'Reads the contents of resources' },
    WRITE: { description: 'Creates, changes or deletes resources' },
    TAGGING: { description: 'Only changes tags' },
    PERMISSIONS_MANAGEMENT: { description: 'Grants or changes permissions' },
  } as const,
});
