const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;

/**
 * An integer or decimal number; null for anything else. AWS names no bound and no precision: above 2 to the 53rd power, numbers
 * are rounded before they compare.
 */
export function parseDecimal(text: string): number | null {
  return smallInteger(text) ?? (DECIMAL.test(text) ? Number(text) : null);
}

/** Letter by letter: it is what nearly all numbers are. Null: anything else. */
function smallInteger(text: string): number | null {
  if (text.length === 0 || text.length > SMALL) return null;
  let value = 0;
  for (let i = 0; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}

/** Digits that every 32-bit integer has room for. */
const SMALL = 9;
const ZERO = 48;
