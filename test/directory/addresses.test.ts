import { expect, test } from 'vitest';
import { canonicalAddress, subscriberOf } from '../../src/directory/addresses.ts';

test('who has an IPv6 address has its neighbours too', () => {
  expect(subscriberOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(subscriberOf('2001:db8:1:2::')).toBe('2001:db8:1:2::/64');
  expect(subscriberOf('2001:db8:1:3::')).not.toBe('2001:db8:1:2::/64');
  expect(subscriberOf('192.0.2.1')).toBe('192.0.2.1');
});

test('a zone is of this machine alone', () => {
  expect(canonicalAddress('fe80::1%eth0')).toBe('fe80::1');
});
