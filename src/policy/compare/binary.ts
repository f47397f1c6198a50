const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Base64 text without its padding, which stands for the same bytes; null for anything else. */
export function parseBinary(text: string): string | null {
  if (!BASE64.test(text)) return null;
  const digits = text.replace(/=+$/, '');
  // One digit left over is six bits: no byte.
  return digits.length % 4 === 1 ? null : digits;
}
