import type { Steps } from '../../policy/steps.ts';

/** A text in the form in which a thread takes it over without a copy, and reads it itself. */
export interface HandedText {
  readonly bytes: ArrayBuffer;
  readonly encoding: 'utf8' | 'utf16le';
}

/** Characters that are encoded in one step. */
const PIECE = 131_072;
const BYTES_OF_UNIT = 2;

/**
 * The bytes of `text`, in steps. Texts that UTF-8 cannot say, as JSON may hold half a character, stay as they are. `parts`: what the
 * text was put together from, where that is known: it is not looked into then, which would copy all of it in one step.
 */
export function* handedText(text: string, parts: readonly string[] | null = null): Steps<HandedText> {
  const pieces = (): Iterable<string> => (parts === null ? piecesOf(text) : wholeCharacters(parts));
  let encoding: HandedText['encoding'] = 'utf8';
  let size = 0;
  for (const piece of pieces()) {
    if (HALF.test(piece)) encoding = 'utf16le';
    size += Buffer.byteLength(piece);
    yield piece.length;
  }
  const { buffer } = new Uint8Array(encoding === 'utf8' ? size : text.length * BYTES_OF_UNIT);
  const bytes = Buffer.from(buffer);
  let at = 0;
  for (const piece of pieces()) {
    at += bytes.write(piece, at, encoding);
    yield piece.length;
  }
  return { bytes: buffer, encoding };
}

/** Half a character: with the flag, whole ones do not match. */
const HALF = /\p{Surrogate}/u;

/** Not cut between the two units of a character. */
function* piecesOf(text: string): Iterable<string> {
  for (let from = 0; from < text.length; ) {
    const end = Math.min(text.length, from + PIECE);
    const to = end < text.length && isFirstHalf(text.charCodeAt(end - 1)) ? end - 1 : end;
    yield text.slice(from, to);
    from = to;
  }
}

/** The same of parts, which may be: a character can be written as two escapes. */
function* wholeCharacters(parts: readonly string[]): Iterable<string> {
  let half = '';
  for (const part of parts) {
    const isCut = isFirstHalf(part.charCodeAt(part.length - 1));
    yield half + (isCut ? part.slice(0, -1) : part);
    half = isCut ? part.slice(-1) : '';
  }
  if (half !== '') yield half;
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

export function textOf({ bytes, encoding }: HandedText): string {
  return Buffer.from(bytes).toString(encoding);
}
