/**
 * A text from outside as it may be shown on a terminal or in a log: characters that move the cursor, end the line, change the
 * direction of writing or are invisible are written as `\u{202e}`.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
