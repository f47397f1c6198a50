/** Enough to see what is wrong with a file; the rest is counted. */
const MAX_WARNINGS = 1000;
/** Characters of one of them: it may quote what stands in the file. */
const MAX_LENGTH = 500;

/** Takes what is not understood. */
export interface WarningSink {
  add(entity: string, element: string, message: string): void;
}

/** What an import could not understand, in the words `role App: PermissionsBoundary: …`. */
export class Warnings implements WarningSink {
  /** Each line once: pages and recordings repeat entities. */
  readonly #lines = new Set<string>();
  #omitted = 0;

  add(entity: string, element: string, message: string): void {
    this.#push(element === '' ? `${entity}: ${message}` : `${entity}: ${element}: ${message}`);
  }

  /** One line each, and a last one that counts what is left out. */
  list(): readonly string[] {
    return this.#omitted === 0 ? [...this.#lines] : [...this.#lines, `${this.#omitted} more warnings are not listed`];
  }

  #push(text: string): void {
    const line = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
    if (this.#lines.has(line)) return;
    if (this.#lines.size < MAX_WARNINGS) this.#lines.add(line);
    else this.#omitted++;
  }
}
