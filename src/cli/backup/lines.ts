import { damaged } from '../../directory/backup/form.ts';

const LINE_END = 10;
/** Bytes: a page of 250 rows with the longest policy documents is below it. */
const LONGEST = 256 * 1_048_576;

/** Lines without their ends, the last one too if it has none. Throws BACKUP_DAMAGED if one is longer than any of a backup. */
export async function* byteLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_END); end !== -1; end = chunk.indexOf(LINE_END, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, end)]);
      parts = [];
      size = 0;
      from = end + 1;
    }
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > LONGEST) throw damaged('the backup is damaged: a line of it is too long');
  }
  if (size > 0) yield Buffer.concat(parts);
}
