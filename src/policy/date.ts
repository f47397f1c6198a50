const EPOCH_SECONDS = /^-?(?:\d{5,16}|\d{1,3})(?:\.\d{1,9})?$/;
// ISO 8601 as AWS reads it: the W3C profile, also with fewer digits, in lower case, and with nothing after the T (AWS accepted
// `01T` and `2016-12-13t2:00:00.593194+23`: test/data/decision-truth/policy-validation-recorded.json).
const ISO =
  /^([+-]\d{4,9}|\d{1,9})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:T(?:(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?$/i;

const MILLISECONDS_PER_MINUTE = 60_000;
const MILLISECONDS_PER_DAY = 86_400_000;
const DAYS_PER_ERA = 146_097;
/** Days from 1 March of the year 0 to 1 January 1970. */
const DAYS_BEFORE_1970 = 719_468;

/**
 * A point in time as milliseconds since 1970, from ISO 8601 (https://www.w3.org/TR/NOTE-datetime) or seconds since 1970;
 * four digits are a year. Without an offset the time is UTC. Null for anything else.
 */
export function parseInstant(text: string): number | null {
  return EPOCH_SECONDS.test(text) ? Number(text) * 1000 : parseIso(text);
}

/** Like `parseInstant`, for ISO 8601 only. */
export function parseIso(text: string): number | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [, year = '', month = '1', day = '1', hour = '0', minute = '0', second = '0', fraction = '0', offset] = match;
  const inDay = timeOfDay(Number(hour), Number(minute), Number(second));
  const days = daysSince1970(Number(year), Number(month), Number(day));
  if (inDay === null || days === null) return null;
  return days * MILLISECONDS_PER_DAY + inDay + Number(`0.${fraction}`) * 1000 - offsetMilliseconds(offset);
}

/** Second 60 is a leap second, hour 24 the end of the day. */
function timeOfDay(hour: number, minute: number, second: number): number | null {
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return null;
  return (hour * 60 + minute) * MILLISECONDS_PER_MINUTE + second * 1000;
}

function daysSince1970(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1) return null;
  const days = daysFromCivil(year, month, day);
  const next = month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1);
  return days < next ? days : null;
}

// The Gregorian calendar in arithmetic, with years that begin in March: http://howardhinnant.github.io/date_algorithms.html
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_BEFORE_1970;
}

function offsetMilliseconds(offset: string | undefined): number {
  if (offset === undefined || offset.length === 1) return 0;
  const sign = offset.startsWith('-') ? -1 : 1;
  const minutes = offset.length === 3 ? 0 : Number(offset.slice(-2));
  return sign * (Number(offset.slice(1, 3)) * 60 + minutes) * MILLISECONDS_PER_MINUTE;
}

/** `2026-11-23T17:00:00.000Z`, from milliseconds since 1970. */
export function instantText(milliseconds: number): string {
  const days = Math.floor(milliseconds / MILLISECONDS_PER_DAY);
  const inDay = Math.floor(milliseconds - days * MILLISECONDS_PER_DAY);
  const minutes = Math.floor(inDay / MILLISECONDS_PER_MINUTE);
  const time = `${digits(Math.floor(minutes / 60), 2)}:${digits(minutes % 60, 2)}:${digits(Math.floor(inDay / 1000) % 60, 2)}`;
  return `${civilFromDays(days)}T${time}.${digits(inDay % 1000, 3)}Z`;
}

function civilFromDays(days: number): string {
  const shifted = days + DAYS_BEFORE_1970;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}
