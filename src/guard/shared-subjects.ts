import type { Subject } from '../access/question.ts';
import { principalIdOf } from '../policy/principal-id.ts';

/**
 * One object for all requests of a batch that name the same subject, which is then resolved once. Subjects in a
 * hypothetical session stay as they are.
 */
export function sharedSubjects(): (subject: Subject) => Subject {
  const known = new Map<string, Subject>();
  let last: Subject | null = null;
  return (subject) => {
    if (subject.session !== null) return subject;
    if (last !== null && last.principal === subject.principal && last.assumedRole === subject.assumedRole) return last;
    const key = `${principalIdOf(subject.principal)} ${subject.assumedRole ?? ''}`;
    const first = known.get(key) ?? subject;
    known.set(key, first);
    last = first;
    return first;
  };
}
