// The inbox: addresses that anyone may have edited, and counts in words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inboxFilter, readInboxAddress, rematchText } from './inbox.ts';

test('the address chooses the events', () => {
  assert.deepEqual(inboxFilter(readInboxAddress({})), {
    webhookId: undefined,
    text: undefined,
    before: undefined,
    matched: false,
    verdict: 'verified',
  });
  const held = inboxFilter(readInboxAddress({ show: 'held', webhook: 'w', find: 'x', before: '7' }));
  assert.deepEqual(held, { webhookId: 'w', text: 'x', before: 7, held: true });
  assert.equal(inboxFilter(readInboxAddress({ show: 'refused' })).verdict, 'refused');
  assert.deepEqual(Object.keys(inboxFilter(readInboxAddress({ show: 'all' }))), ['webhookId', 'text', 'before']);
});

test('nonsense is left out', () => {
  for (const show of ['toString', '', 7]) assert.equal(readInboxAddress({ show, before: '-1' }).show, undefined);
  assert.equal(readInboxAddress({ before: '1.5' }).before, undefined);
});

test('a re-match in words', () => {
  assert.equal(rematchText({ events: 1, matching: 0, waits: 0, starts: 0 }), 'None of 1 event matches anything now.');
  assert.equal(
    rematchText({ events: 12, matching: 3, waits: 2, starts: 1 }),
    '3 of 12 events match now: 2 waiting tasks, 1 workflow to start.',
  );
  assert.equal(rematchText({ events: 2, matching: 1, waits: 0, starts: 0 }), '1 of 2 events matches now.');
});
