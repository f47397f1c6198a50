/** Characters that are written in one step: less than a millisecond. */
const PIECE = 65_536;

/** A long text, in pieces of bytes that are made one after the other. */
export class Pieces {
  readonly #bytes: Buffer[] = [];
  #text = '';
  /** The element that is open and has nothing in it yet; null: there is none. */
  #empty: string | null = null;

  add(text: string): void {
    if (text === '') return;
    if (this.#empty !== null) this.#text += `<${this.#empty}>`;
    this.#empty = null;
    this.#text += text;
  }

  /** Begins an element of XML. */
  open(name: string): void {
    if (this.#empty !== null) this.#text += `<${this.#empty}>`;
    this.#empty = name;
  }

  /** Ends it. */
  close(name: string): void {
    this.#text += this.#empty === null ? `</${name}>` : `<${name}/>`;
    this.#empty = null;
  }

  /** Whether enough is written for one step, which then is a piece. */
  isCut(): boolean {
    if (this.#text.length < PIECE) return false;
    this.#end();
    return true;
  }

  /** All of it. */
  get bytes(): readonly Buffer[] {
    this.#end();
    return this.#bytes;
  }

  #end(): void {
    if (this.#text !== '') this.#bytes.push(Buffer.from(this.#text));
    this.#text = '';
  }
}

/** What a piece counts as work. */
export const UNITS = 8_000;
