import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
import { UploadedFile } from '../../graphql/uploaded-file.ts';
import { BodyIncomplete, BodyTooLarge } from '../body.ts';
import type { UploadLimits } from '../limits.ts';
import { BadUpload, readUploadRequest, type UploadRequest } from './upload-request.ts';

/** Of one part, in bytes. */
const HEADER_BYTES = 8192;

/**
 * Streams the files of a multipart request into `folder`, and returns the operation with them in it. Throws BadUpload,
 * BodyTooLarge and BodyIncomplete, as soon as something is wrong; nothing is written to `folder` after that.
 */
export async function receiveUpload(
  request: IncomingMessage,
  folder: string,
  limits: UploadLimits,
): Promise<UploadRequest> {
  const receiving = new Receiving(request, folder, limits);
  try {
    return await receiving.done;
  } finally {
    await receiving.stop();
  }
}

class Receiving {
  readonly done: Promise<UploadRequest>;
  readonly #request: IncomingMessage;
  readonly #folder: string;
  readonly #limits: UploadLimits;
  readonly #busboy: BusboyInstance;
  readonly #open = new Set<Readable>();
  readonly #writes: Promise<unknown>[] = [];
  #operations: string | null = null;
  #upload: UploadRequest | null = null;
  #size = 0;
  #fail: (error: unknown) => void = ignore;

  constructor(request: IncomingMessage, folder: string, limits: UploadLimits) {
    this.#request = request;
    this.#folder = folder;
    this.#limits = limits;
    this.#busboy = parserOf(request, limits);
    this.done = new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#listen(resolve);
    });
    request.on('data', this.#count);
    request.pipe(this.#busboy);
  }

  /** Writes nothing from now on. */
  async stop(): Promise<void> {
    this.#request.unpipe(this.#busboy);
    this.#request.off('data', this.#count);
    this.#busboy.removeAllListeners();
    this.#busboy.on('error', ignore);
    for (const file of this.#open) file.destroy();
    await Promise.allSettled(this.#writes);
  }

  #listen(resolve: (upload: UploadRequest) => void): void {
    const tooMany = (): void => this.#fail(tooManyFiles(this.#limits));
    const busboy = this.#busboy;
    busboy.on('field', (name, value, _nameTruncated, truncated) =>
      this.#attempt(() => this.#field(name, value, truncated)),
    );
    busboy.on('file', (name, stream) => this.#attempt(() => this.#file(name, stream)));
    busboy.on('filesLimit', tooMany);
    busboy.on('partsLimit', tooMany);
    busboy.on('fieldsLimit', () => this.#fail(new BadUpload('`operations` and `map` must each be there once')));
    busboy.on('error', () => this.#fail(new BadUpload('the body is not multipart/form-data as its header says')));
    // It may also come after an error.
    busboy.on('finish', () => void this.#finish().then(resolve, this.#fail));
    const cutOff = (): void => this.#fail(new BodyIncomplete('the request was not sent completely'));
    this.#request.once('error', cutOff);
    this.#request.once('aborted', cutOff);
  }

  readonly #count = (chunk: Buffer): void => {
    this.#size += chunk.length;
    if (this.#size > this.#limits.bytes) this.#fail(new BodyTooLarge(this.#limits.bytes));
  };

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #field(name: string, value: string, truncated: boolean): void {
    if (truncated) throw new BodyTooLarge(this.#limits.fieldBytes);
    if (name === 'operations' && this.#operations === null) this.#operations = value;
    else if (name === 'map' && this.#operations !== null && this.#upload === null) {
      this.#upload = readUploadRequest(this.#operations, value, this.#limits.files);
    } else throw new BadUpload('the parts must be `operations`, then `map`, then the files');
  }

  /** A part may have no name, whatever the parser's types say. */
  #file(name: string | undefined, stream: Readable): void {
    const part = name ?? '';
    this.#open.add(stream);
    // One that comes when nobody waits any more would end the process.
    stream.on('error', ignore);
    if (this.#upload === null) throw new BadUpload('the parts must be `operations`, then `map`, then the files');
    // Its own name is never used as one of the file system.
    const path = join(this.#folder, String(this.#writes.length));
    if (!this.#upload.put(part, new UploadedFile(path))) {
      throw new BadUpload(`\`map\` does not name the part \`${part.slice(0, 100)}\`, or it is there twice`);
    }
    const written = pipeline(stream, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    this.#writes.push(written);
    written.then(() => this.#open.delete(stream), this.#fail);
  }

  async #finish(): Promise<UploadRequest> {
    await Promise.all(this.#writes);
    const upload = this.#upload;
    if (upload === null) throw new BadUpload('the parts `operations` and `map` are not there');
    const missing = upload.missing();
    if (missing !== null)
      throw new BadUpload(`\`map\` names the part \`${missing.slice(0, 100)}\`, which is not there`);
    return upload;
  }
}

function parserOf(request: IncomingMessage, { fieldBytes, files }: UploadLimits): BusboyInstance {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
      limits: { fieldSize: fieldBytes, fields: 2, files, parts: files + 2, headerSize: HEADER_BYTES, headerPairs: 20 },
      isPartAFile: (name) => name !== 'operations' && name !== 'map',
    });
  } catch (cause) {
    throw new BadUpload('the `content-type` names no boundary between the parts', { cause });
  }
}

function tooManyFiles({ files }: UploadLimits): BadUpload {
  return new BadUpload(`the request has more than ${files} files: put them into an archive`);
}

const ignore = (): void => undefined;
