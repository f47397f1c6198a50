import type { Asked } from '../ask/asked.ts';
import type { Terminal } from '../terminal.ts';
import { askPreview, isRefusal } from './answer.ts';
import type { PreviewCommand } from './arguments.ts';
import type { ChangesFile } from './changes-file.ts';
import { printed } from './printed.ts';

/**
 * `rolegate preview`: what changes would do. Returns the exit code: 1 if they would not be made, or somebody gains, or may gain, what
 * must not be gained. Throws CommandFailed.
 */
export async function preview(
  asked: Asked,
  command: PreviewCommand,
  file: ChangesFile,
  terminal: Terminal,
): Promise<number> {
  const answer = await askPreview(asked, file.changes, command.forbidden);
  terminal.out(printed(answer, command, file));
  if (isRefusal(answer)) return 1;
  return answer.verdict === null || answer.verdict === 'PASSED' ? 0 : 1;
}
