import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressKind, contains, isExactly, parseAddress, parseNetwork } from './address.ts';

const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
const groups = fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 });

function kind(text: string): string {
  const address = parseAddress(text);
  assert.ok(address, `${text} was not read`);
  return addressKind(address.ip);
}

test('kinds of single addresses', () => {
  const expected = {
    '8.8.8.8': 'public',
    '0.0.0.0': 'unspecified',
    '127.0.0.1': 'loopback',
    '10.0.0.1': 'private',
    '100.64.0.1': 'carrier',
    '169.254.0.1': 'linkLocal',
    '169.254.169.254': 'metadata',
    '192.0.2.1': 'documentation',
    '198.18.0.1': 'benchmark',
    '224.0.0.1': 'multicast',
    '255.255.255.255': 'broadcast',
    '250.0.0.1': 'reserved',
    '2600::1': 'public',
    '::': 'unspecified',
    '::1': 'loopback',
    'fc00::1': 'private',
    'fe80::1%eth0': 'linkLocal',
    'fd00:ec2::254': 'metadata',
    '64:ff9b::10.0.0.1': 'private',
    '64:ff9b::169.254.169.254': 'metadata',
    '2002:a9fe:a9fe::': 'metadata',
    '2002:808:808::': 'transition',
    '2600::5efe:8.8.8.8': 'transition',
    '2600::200:5efe:8.8.8.8': 'transition',
    '2001:db8::1': 'documentation',
    '4000::1': 'reserved',
  };
  for (const [text, want] of Object.entries(expected)) assert.equal(kind(text), want, text);
});

test('an IPv4-mapped address is the IPv4 address', () => {
  fc.assert(
    fc.property(octets, (parts) => {
      const text = parts.join('.');
      assert.deepEqual(parseAddress(`::ffff:${text}`), parseAddress(text));
    }),
  );
});

test('an IPv4 address is as good or bad inside NAT64 as outside', () => {
  fc.assert(
    fc.property(octets, (parts) => {
      const text = parts.join('.');
      assert.equal(kind(`64:ff9b::${text}`), kind(text));
    }),
  );
});

test('only spellings of resolvers and sockets are read', () => {
  for (const text of ['127.1', '0x7f.1', '2130706433', '0177.0.0.1', '127.0.0.1.', '', ' 127.0.0.1', '[::1]', '::1]']) {
    assert.equal(parseAddress(text), undefined, text);
  }
  fc.assert(fc.property(fc.string(), (text) => void parseAddress(text)));
});

test('the canonical text reads back as the same address', () => {
  fc.assert(
    fc.property(groups, (parts) => {
      const first = parseAddress(parts.map((part) => part.toString(16)).join(':'));
      assert.deepEqual(parseAddress(first?.text ?? ''), first);
    }),
  );
});

test('networks contain what node:net says they contain', () => {
  const near = fc.tuple(octets, fc.nat(32), fc.nat(31)).map(([parts, bits, flipped]) => {
    const value = parts.reduce((sum, part) => sum * 256 + part, 0);
    const other = (value ^ (2 ** flipped)) >>> 0;
    return { cidr: `${parts.join('.')}/${bits}`, parts, bits, other: [24, 16, 8, 0].map((s) => (other >>> s) & 255) };
  });
  fc.assert(
    fc.property(near, ({ cidr, parts, bits, other }) => {
      const list = new BlockList();
      list.addSubnet(parts.join('.'), bits, 'ipv4');
      const network = parseNetwork(cidr);
      const address = parseAddress(other.join('.'));
      assert.ok(network && address);
      assert.equal(contains(network, address.ip), list.check(other.join('.'), 'ipv4'));
    }),
  );
});

test('networks that cannot be read', () => {
  for (const text of [
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10/8',
    '::/129',
    'x/8',
    '10.0.0.0/ 8',
    '',
  ]) {
    assert.equal(parseNetwork(text), undefined, text);
  }
});

test('a single address is a network of its own', () => {
  const address = parseAddress('10.0.0.1');
  const single = parseNetwork('10.0.0.1');
  const wide = parseNetwork('10.0.0.1/31');
  assert.ok(address && single && wide);
  assert.equal(isExactly(single, address.ip), true);
  assert.equal(isExactly(wide, address.ip), false);
  assert.equal(contains(wide, address.ip), true);
});
