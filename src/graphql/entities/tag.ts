import { builder } from '../builder.ts';

interface TagValue {
  readonly key: string;
  readonly value: string;
}

/** A tag of a user, role, session or resource. */
export const TagType = builder.objectRef<TagValue>('Tag').implement({
  description:
    'A tag of a user, role, role session, managed policy, instance profile or resource. Keys are compared without regard to case',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Key of the tag as written, at most 128 characters' }),
    value: t.exposeString('value', { description: 'Value of the tag, at most 256 characters; may be empty' }),
  }),
});

export const TagInput = builder.inputType('TagInput', {
  description: 'A tag given with a request',
  fields: (t) => ({
    key: t.string({ required: true, description: 'Key of the tag, at most 128 characters' }),
    value: t.string({ required: true, description: 'Value of the tag, at most 256 characters; may be empty' }),
  }),
});

/** Stored tags (a JSON object) as a list in the order of their keys. */
export function tagList(stored: unknown): TagValue[] {
  if (typeof stored !== 'object' || stored === null) return [];
  return Object.entries(stored)
    .map(([key, value]) => ({ key, value: String(value) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
