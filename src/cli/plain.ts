const MAX_MESSAGE = 400;

/**
 * What another program has said, for a terminal, which would obey control characters: without these and bidirectional ones, and
 * not too long.
 */
export function plain(text: string, longest: number = MAX_MESSAGE): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
  return shown.length > longest ? `${shown.slice(0, longest)}…` : shown;
}
