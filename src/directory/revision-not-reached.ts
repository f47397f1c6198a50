import { RolegateError } from '../policy/errors.ts';
import type { Revision } from './directory.ts';
import { revisionText } from './revision-text.ts';

/** The directory, as far as this gateway sees it, is older than an answer has to be. Code: REVISION_NOT_REACHED. */
export class RevisionNotReached extends RolegateError {
  /** What was asked for. */
  readonly atLeast: Revision;
  /** What was reached. */
  readonly revision: Revision;

  /** `waited`: milliseconds. `field`: the argument. */
  constructor(atLeast: Revision, revision: Revision, waited: number, field = 'atLeast') {
    const within = waited === 0 ? '' : ` within ${waited / 1000} s`;
    super(
      'REVISION_NOT_REACHED',
      `the directory is at revision ${revisionText(revision)}, and has not reached ${revisionText(atLeast)}${within}`,
      { field },
    );
    this.atLeast = atLeast;
    this.revision = revision;
  }
}

/** `revision` is of a history that ended when the directory was restored. `field`: the argument that gives it; null: none does. */
export function ofAnotherHistory(field: string | null): RolegateError {
  const message = 'the directory was restored from a backup after this revision: begin again';
  return new RolegateError('CONFLICT', message, { field });
}
