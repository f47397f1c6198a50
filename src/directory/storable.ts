/**
 * A text as it can be kept, and looked for: PostgreSQL has no U+0000 in its texts, and UTF-8 no half of a surrogate pair.
 * U+FFFD in their place.
 */
export function storable(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd');
}
