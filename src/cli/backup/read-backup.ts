import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { type BackupHeader, damaged, headerOf, noBackup, objectOf } from '../../directory/backup/form.ts';
import { fileFailure } from '../file-failure.ts';
import { byteLines } from './lines.ts';

/** A backup that is read from its beginning. */
export interface OpenBackup {
  readonly header: BackupHeader;
  /** As `wrapKey` has made them; null: it has none. */
  readonly keys: unknown;
  /** The lines behind them. They end if all of the backup was whole; otherwise they throw BACKUP_DAMAGED. */
  readonly lines: AsyncGenerator<string>;
}

/** Opens a backup. Throws CommandFailed, BACKUP_DAMAGED, BACKUP_TOO_NEW. */
export async function openBackup(path: string): Promise<OpenBackup> {
  const lines = wholeLines(unpacked(path));
  const first = await lines.next();
  if (first.done === true) throw noBackup();
  const header = headerOf(first.value);
  const second = await lines.next();
  if (second.done === true) throw damaged('the backup is cut off');
  const { keys = null } = objectOf(second.value);
  return { header, keys, lines: keys === null ? behind(second.value, lines) : lines };
}

async function* behind(first: string, others: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* others;
}

/** The bytes that are packed in a file. */
async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const source = createReadStream(path);
  const gunzip = createGunzip();
  source.once('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let isBegun = false;
  try {
    for await (const chunk of gunzip) {
      isBegun = true;
      // as: a stream without an encoding
      yield chunk as Buffer;
    }
  } catch (error) {
    throw failureOf(path, error, isBegun);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

function failureOf(path: string, error: unknown, isBegun: boolean): Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // https://nodejs.org/api/zlib.html#for-zlib-based-streams
  if (code === 'Z_BUF_ERROR') return damaged('the backup is cut off', error);
  if (!code.startsWith('Z_')) return fileFailure(path, error);
  return isBegun ? damaged('the backup is damaged: it cannot be unpacked', error) : noBackup();
}

const CHECKSUM = '{"sha256":';

/** All lines before the last one, which says what they hash to. */
async function* wholeLines(bytes: AsyncGenerator<Buffer>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let ended = false;
  let isFirst = true;
  for await (const line of byteLines(bytes)) {
    if (ended) throw damaged('the backup is damaged: there is more behind its end');
    const text = line.toString('utf8');
    if (text.startsWith(CHECKSUM)) {
      if (objectOf(text)['sha256'] !== hash.digest('hex')) {
        throw damaged('the backup is damaged: it is not what was written');
      }
      ended = true;
    } else {
      // Of something else nothing more is read.
      if (isFirst) headerOf(text);
      hash.update(line).update('\n');
      yield text;
    }
    isFirst = false;
  }
  if (!ended) throw isFirst ? noBackup() : damaged('the backup is cut off');
}
