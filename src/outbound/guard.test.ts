import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createGuard, type GuardSettings } from './guard.ts';

const closed = createGuard({ allow: [], deny: [] });

function guard(changes: Partial<GuardSettings>) {
  return createGuard({ allow: [], deny: [], ...changes });
}

/** The ways in which inet_aton, and so a URL, lets an IPv4 address be written. */
const spelling = fc
  .tuple(
    fc.nat(255),
    fc.nat(255),
    fc.nat(255),
    fc.nat(255),
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.nat(2), { minLength: 4, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([a, b, c, d, count, bases, dot]) => {
    const bytes = [a, b, c, d];
    const last = bytes.slice(count - 1).reduce((sum, byte) => sum * 256 + byte, 0);
    const numbers = [...bytes.slice(0, count - 1), last];
    const written = numbers.map((number, i) => {
      const base = bases[i];
      if (base === 1) return `0${number.toString(8)}`;
      return base === 2 ? `0x${number.toString(16)}` : `${number}`;
    });
    return { plain: bytes.join('.'), odd: `${written.join('.')}${dot ? '.' : ''}` };
  });

test('however an IPv4 address is written in a URL, the verdict is that of the address', () => {
  fc.assert(
    fc.property(spelling, ({ plain, odd }) => {
      assert.equal(closed.checkUrl(`http://${odd}/`).ok, closed.checkAddress(plain).ok);
    }),
    { numRuns: 1000 },
  );
});

test('no text makes the guard throw, and what passes has a host, a scheme and no user', () => {
  const nasty = fc.oneof(
    fc.webUrl(),
    fc.string(),
    fc.string({ unit: 'binary' }).map((text) => `http://${text}`),
    fc.string({ unit: fc.constantFrom(...'0123456789abcdefx.:[]@/\\%') }).map((text) => `https://${text}`),
  );
  fc.assert(
    fc.property(nasty, (text) => {
      const verdict = closed.checkUrl(text);
      if (!verdict.ok) return assert.notEqual(verdict.reason, '');
      assert.ok(['http:', 'https:'].includes(verdict.url.protocol));
      assert.equal(verdict.url.username + verdict.url.password + verdict.url.hash, '');
      assert.deepEqual(closed.checkUrl(verdict.href), verdict, 'checking again changes nothing');
    }),
    { numRuns: 1000 },
  );
});

test('href is the one spelling to store, sign and send', () => {
  const verdict = closed.checkUrl('HTTPS://EXAMPLE.com:443/ü?q=ä#part');
  assert.equal(verdict.ok && verdict.href, 'https://example.com/%C3%BC?q=%C3%A4');
});

test('an allowed network opens its addresses and names that lead there, nothing beside it', () => {
  const open = guard({ allow: ['127.0.0.0/8', 'fd12::/16'] });
  for (const url of [
    'http://127.0.0.1/',
    'http://localhost:3000/',
    'http://[::ffff:127.0.0.1]/',
    'http://[fd12::1]/',
  ]) {
    assert.equal(open.checkUrl(url).ok, true, url);
  }
  for (const url of ['http://10.0.0.1/', 'http://[::1]/', 'http://[fd13::1]/']) {
    assert.equal(open.checkUrl(url).ok, false, url);
  }
});

test('a metadata address opens only by itself, never with its network', () => {
  for (const [wide, exact] of [
    ['169.254.0.0/16', '169.254.169.254'],
    ['0.0.0.0/0', '169.254.169.254'],
    ['100.64.0.0/10', '100.100.100.200'],
    ['fd00::/8', 'fd00:ec2::254'],
  ] as const) {
    assert.equal(guard({ allow: [wide] }).checkAddress(exact).ok, false, wide);
    assert.equal(guard({ allow: [exact] }).checkAddress(exact).ok, true, exact);
  }
  assert.equal(guard({ allow: ['100.64.0.0/10'] }).checkAddress('100.64.0.1').ok, true);
});

test('an allowed name opens private, loopback and carrier addresses for itself only', () => {
  const open = guard({ allow: ['hooks.corp.example', '*.lab.example'] });
  for (const name of ['hooks.corp.example', 'HOOKS.corp.example.', 'a.lab.example', 'a.b.lab.example']) {
    for (const address of ['10.0.0.1', '127.0.0.1', '::1', 'fd00::1', '100.64.0.1']) {
      assert.equal(open.checkAddress(address, name).ok, true, `${name} ${address}`);
    }
    for (const address of ['169.254.169.254', '169.254.0.1', '0.0.0.0', '224.0.0.1', 'fe80::1']) {
      assert.equal(open.checkAddress(address, name).ok, false, `${name} ${address}`);
    }
  }
  for (const name of [
    undefined,
    'lab.example',
    'xhooks.corp.example',
    'hooks.corp.example.evil.test',
    'xlab.example',
  ]) {
    assert.equal(open.checkAddress('10.0.0.1', name).ok, false, name);
  }
});

test('a denied network or name wins over everything', () => {
  const strict = guard({
    allow: ['10.0.0.0/8', 'a.bad.example'],
    deny: ['10.9.0.0/16', '8.8.8.0/24', '*.bad.example'],
  });
  assert.equal(strict.checkAddress('10.8.0.1').ok, true);
  for (const address of ['10.9.0.1', '8.8.8.8', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8']) {
    assert.equal(strict.checkAddress(address).ok, false, address);
  }
  assert.equal(strict.checkUrl('https://a.bad.example/').ok, false);
  assert.equal(strict.checkUrl('https://bad.example/').ok, true);
});

test('ports can be narrowed, and ports of other protocols stay closed', () => {
  const narrow = guard({
    ports: [
      [443, 443],
      [8000, 8999],
    ],
  });
  assert.equal(narrow.checkUrl('https://example.com/').ok, true);
  assert.equal(narrow.checkUrl('http://example.com:8080/').ok, true);
  assert.equal(narrow.checkUrl('http://example.com/').ok, false);
  assert.equal(narrow.checkUrl('http://example.com:9000/').ok, false);
  assert.equal(guard({ ports: [[1, 65_535]] }).checkUrl('http://example.com:22/').ok, false);
});

test('user names pass only where they are allowed', () => {
  assert.equal(guard({ allowUserInfo: true }).checkUrl('https://a:b@example.com/').ok, true);
  const refused = closed.checkUrl('https://a:hunter2@example.com/');
  assert.equal(refused.ok, false);
  assert.doesNotMatch(JSON.stringify(refused), /hunter2/);
});

test('a URL has a longest length', () => {
  const url = 'http://example.com/';
  assert.equal(closed.checkUrl(url + 'x'.repeat(4096 - url.length)).ok, true);
  assert.equal(closed.checkUrl(url + 'x'.repeat(4097 - url.length)).ok, false);
});

test('a guard with an entry that cannot be read does not start', () => {
  for (const entry of [
    '10.0.0.0/33',
    '127.1',
    '0x7f.0x1',
    '*',
    '*.',
    '.',
    'a..b',
    'http://a',
    'a b',
    'a:80',
    '',
    '*.*.a',
    '2130706433',
  ]) {
    assert.throws(() => guard({ allow: [entry] }), /guard setting "allow"/, entry);
    assert.throws(() => guard({ deny: [entry] }), /guard setting "deny"/, entry);
  }
});
