import { type ImportLimits, shownSize } from './limits.ts';
import { ImportRefused } from './refused.ts';

/** What is left of the limits of one import. */
export class Allowance {
  readonly limits: ImportLimits;
  #bytes = 0;
  #entries = 0;

  constructor(limits: ImportLimits) {
    this.limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws ImportRefused: more than all files together may have. */
  takeBytes(count: number, path: string): void {
    this.#bytes += count;
    if (this.#bytes > this.limits.totalBytes) this.#refuse(path);
  }

  /** For a size that is announced: throws before anything of it is read. */
  expectBytes(count: number, path: string): void {
    if (count > this.limits.fileBytes) this.refuseFile(path);
    if (this.#bytes + count > this.limits.totalBytes) this.#refuse(path);
  }

  takeEntry(path: string): void {
    this.#entries++;
    if (this.#entries <= this.limits.entries) return;
    const most = this.limits.entries.toLocaleString('en');
    throw new ImportRefused(
      path,
      `together there are more than the ${most} files and folders that are imported at once`,
    );
  }

  refuseFile(path: string): never {
    const most = shownSize(this.limits.fileBytes);
    throw new ImportRefused(path, `it is larger than the ${most} that are read of one file (unpacked)`);
  }

  #refuse(path: string): never {
    const most = shownSize(this.limits.totalBytes);
    throw new ImportRefused(path, `together the files hold more than the ${most} that are imported at once (unpacked)`);
  }
}
