import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type Config, readConfig, urlOf } from './config.ts';

const KEY = 'k'.repeat(24);

function good(env: Record<string, string>): Config {
  const result = readConfig(env, '/srv/fermata');
  assert.ok(result.ok, result.ok ? '' : result.problems.join('\n'));
  return result.config;
}

function problems(env: Record<string, string>): readonly string[] {
  const result = readConfig(env, '/srv/fermata');
  assert.ok(!result.ok, 'it should have been refused');
  return result.problems;
}

test('without any setting it listens on loopback and keeps its data in ./data', () => {
  assert.deepEqual(good({}), {
    host: '127.0.0.1',
    port: 8080,
    database: { type: 'sqlite', path: '/srv/fermata/data/fermata.db' },
    allowedNetworks: [],
    logLevel: 'info',
  });
});

test('an address that others reach needs a key, and the sentence says what to do', () => {
  for (const HOST of ['0.0.0.0', '::', '192.168.1.4', 'example.com', '127.0.0.1.example.com']) {
    const [sentence = ''] = problems({ HOST });
    assert.match(sentence, /FERMATA_API_KEY/);
    assert.match(sentence, /127\.0\.0\.1/);
    assert.equal(good({ HOST, FERMATA_API_KEY: KEY }).host, HOST);
  }
  for (const HOST of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) assert.equal(good({ HOST }).host, HOST);
});

test('short keys are refused, once, and not shown', () => {
  const found = problems({ HOST: '0.0.0.0', FERMATA_API_KEY: 'hush' });
  assert.equal(found.length, 1);
  assert.ok(!found.join().includes('hush'));
  assert.match(problems({ FERMATA_SECRET_KEY: 'x'.repeat(31) }).join(), /FERMATA_SECRET_KEY/);
});

test('databases', () => {
  assert.deepEqual(good({ DATABASE_URL: 'sqlite::memory:' }).database, { type: 'sqlite', path: ':memory:' });
  assert.deepEqual(good({ DATABASE_URL: 'sqlite:/var/f.db' }).database, { type: 'sqlite', path: '/var/f.db' });
  assert.deepEqual(good({ DATABASE_URL: 'sqlite:///var/f.db' }).database, { type: 'sqlite', path: '/var/f.db' });
  const url = 'postgres://u:p@h:5432/d';
  assert.deepEqual(good({ DATABASE_URL: url }).database, { type: 'postgres', url });
  for (const DATABASE_URL of ['mysql://u:hush@h/d', './fermata.db', 'sqlite:', 'postgres:d']) {
    const text = problems({ DATABASE_URL }).join();
    assert.match(text, /DATABASE_URL/);
    assert.ok(!text.includes('hush'));
  }
});

test('ports, levels, addresses', () => {
  assert.equal(good({ PORT: '0' }).port, 0);
  for (const PORT of ['65536', '-1', 'http', '80.5', '1e3']) assert.match(problems({ PORT }).join(), /PORT/);
  assert.equal(good({ LOG_LEVEL: 'Debug' }).logLevel, 'debug');
  assert.match(problems({ LOG_LEVEL: 'loud' }).join(), /LOG_LEVEL/);
  assert.equal(good({ PUBLIC_URL: 'https://hooks.example.com/' }).publicUrl, 'https://hooks.example.com');
  assert.equal(good({ PUBLIC_URL: 'https://example.com/fermata/' }).publicUrl, 'https://example.com/fermata');
  for (const PUBLIC_URL of ['hooks.example.com', 'ftp://a', 'https://a?b=1'])
    assert.match(problems({ PUBLIC_URL }).join(), /PUBLIC_URL/);
  assert.equal(urlOf('::1', 9), 'http://[::1]:9');
  assert.equal(urlOf('0.0.0.0', 8080), 'http://localhost:8080');
  assert.deepEqual(good({ ALLOWED_NETWORKS: '10.0.0.0/8, hooks.corp' }).allowedNetworks, ['10.0.0.0/8', 'hooks.corp']);
  assert.match(problems({ ALLOWED_NETWORKS: '10.0.0.0/8, 999.1.1.1/8' }).join(), /ALLOWED_NETWORKS has "999.1.1.1\/8"/);
});

test('all problems are told at once; empty values count as absent', () => {
  assert.equal(problems({ PORT: 'x', LOG_LEVEL: 'y', DATABASE_URL: 'z' }).length, 3);
  assert.equal(good({ PORT: '', HOST: '  ' }).port, 8080);
});

test('how long things are kept', () => {
  assert.deepEqual(good({ KEEP_EVENTS_DAYS: '7', KEEP_EXECUTIONS_DAYS: 'Forever' }).keepDays, {
    events: 7,
    executions: 'forever',
  });
  for (const text of ['0', '-1', 'a week', '36501', '1.5'])
    assert.match(problems({ KEEP_LOGS_DAYS: text }).join(), /^KEEP_LOGS_DAYS is ".*"; write a whole number of days/);
});

test('every setting that is read is in the README and in the help of the command', () => {
  const asked = new Set<string>();
  const env = new Proxy({}, { get: (_, name) => void asked.add(String(name)) });
  readConfig(env, '/srv/fermata');
  assert.ok(asked.size > 10);
  for (const file of ['../README.md', 'main.ts']) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    assert.deepEqual(
      [...asked].filter((name) => !new RegExp(`\\b${name}\\b`).test(text)),
      [],
      `settings that ${file} does not name`,
    );
  }
});
