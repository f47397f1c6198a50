import type { Gathered, GatherRequest } from '../../directory/directory.ts';
import { type Preview, StateHasMoved } from '../../directory/previews/preview.ts';
import type { DecideTools } from '../decide.ts';
import type { Work } from '../work.ts';

type Tools = DecideTools & { readonly work: Work };

/** The state of a preview without its changes, and with them. */
export class BothStates {
  readonly before: Tools;
  readonly after: Tools;
  readonly preview: Preview;
  readonly now: number;

  constructor(before: Tools, preview: Preview, now: number) {
    this.before = before;
    this.after = { ...before, directory: preview.after };
    this.preview = preview;
    this.now = now;
  }

  /** Throws unless an answer is of the state of the preview. */
  check(revision: bigint): void {
    if (revision !== this.preview.revision) throw new StateHasMoved();
  }

  /** The same of both. */
  async gather(request: GatherRequest): Promise<{ readonly before: Gathered; readonly after: Gathered }> {
    const asked = { ...request, now: this.now };
    const before = await this.before.directory.gather(asked);
    this.check(before.revision);
    return { before, after: await this.after.directory.gather(asked) };
  }
}
