import type { Steps } from '../../policy/steps.ts';

/** A text in the form in which a thread takes it over without a copy, and reads it itself. */
export interface HandedText {
  readonly bytes: ArrayBuffer;
  readonly encoding: 'utf8' | 'utf16le';
}

/** Characters that are encoded in one step: a millisecond. */
const PIECE = 1_048_576;
/** Bytes of UTF-8 for one unit of a text at most. */
const MOST_BYTES = 3;

/** The bytes of `text`, in steps. Texts that UTF-8 cannot say, as JSON may hold half a character, stay as they are. */
export function* handedText(text: string): Steps<HandedText> {
  let encoding: HandedText['encoding'] = 'utf8';
  for (const part of partsOf(text)) {
    if (HALF.test(part)) encoding = 'utf16le';
    yield PIECE;
  }
  const pieces: Buffer[] = [];
  for (const part of partsOf(text)) {
    const piece = Buffer.allocUnsafeSlow(part.length * MOST_BYTES);
    pieces.push(piece.subarray(0, piece.write(part, encoding)));
    yield PIECE;
  }
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
    yield PIECE;
  }
  return { bytes: bytes.buffer, encoding };
}

/** Half a character: with the flag, whole ones do not match. */
const HALF = /\p{Surrogate}/u;

/** Not cut between the two units of a character. */
function* partsOf(text: string): Iterable<string> {
  for (let from = 0; from < text.length; ) {
    const end = Math.min(text.length, from + PIECE);
    const last = text.charCodeAt(end - 1);
    const to = end < text.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
    yield text.slice(from, to);
    from = to;
  }
}

export function textOf({ bytes, encoding }: HandedText): string {
  return Buffer.from(bytes).toString(encoding);
}
