import type { Watch } from '../guard/watch.ts';
import type { Around } from './tracer.ts';

/** All of them as one; undefined: there is none. `around`: how parts of a request are traced. */
export function joined(watches: readonly (Watch | null)[], around: Around | undefined): Watch | undefined {
  const all = watches.filter((watch) => watch !== null);
  const [only] = all;
  if (around === undefined && (only === undefined || all.length === 1)) return only;
  return {
    answered: (...answer) => {
      for (const watch of all) watch.answered(...answer);
    },
    answeredAmong: (...answer) => {
      for (const watch of all) watch.answeredAmong(...answer);
    },
    performed: (...operation) => {
      for (const watch of all) watch.performed(...operation);
    },
    ...(around && { around: (part, count, run) => around(part, { 'rolegate.count': count }, run) }),
  };
}
