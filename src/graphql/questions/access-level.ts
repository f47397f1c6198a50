import { builder } from '../builder.ts';

export const AccessLevel = builder.enumType('AccessLevel', {
  description: 'What an action does to what it is about, as AWS’s service authorization reference sorts them',
  values: {
    LIST: { description: 'Sees that resources are there, not what is in them' },
    READ: { description: 'Reads what is in resources' },
    WRITE: { description: 'Makes, changes or deletes resources' },
    TAGGING: { description: 'Changes only tags' },
    PERMISSIONS_MANAGEMENT: { description: 'Changes who may do what' },
  } as const,
});
