const EPOCH_SECONDS = /^-?\d{5,}(?:\.\d+)?$|^-?\d{1,3}$/;
// The W3C profile of ISO 8601: year, month, day, and a time of day with its offset.
const ISO =
  /^([+-]?\d{4,9})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$/;

/**
 * A point in time as milliseconds since 1970, from ISO 8601 (https://www.w3.org/TR/NOTE-datetime) or seconds since 1970;
 * four digits are a year. Without an offset the time is UTC. Null for anything else.
 */
export function parseInstant(text: string): number | null {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year = '', month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '0', offset] =
    match;
  if (!inRange(month, 1, 12) || !inRange(day, 1, 31) || !inRange(hour, 0, 24)) return null;
  if (!inRange(minute, 0, 59) || !inRange(second, 0, 60)) return null;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCDate() !== Number(day)) return null;
  date.setUTCHours(Number(hour), Number(minute), Number(second), 0);
  const time = date.getTime() + Number(`0.${fraction}`) * 1000 - offsetMilliseconds(offset);
  return Number.isNaN(time) ? null : time;
}

function inRange(text: string, least: number, most: number): boolean {
  const value = Number(text);
  return value >= least && value <= most;
}

function offsetMilliseconds(offset: string | undefined): number {
  if (offset === undefined || offset === 'Z') return 0;
  const sign = offset.startsWith('-') ? -1 : 1;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return sign * minutes * 60_000;
}
