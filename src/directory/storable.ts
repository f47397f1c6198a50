/**
 * A text in a form that can be stored and searched: PostgreSQL texts cannot contain U+0000, and UTF-8 has no unpaired
 * surrogates. U+FFFD replaces both.
 */
export function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd');
}

/** Whether a text can be stored and searched as it is. */
export function isStorable(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}
