// Saved views: kept without the page, replaced by name, and whatever lies in storage does no harm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isShown, readViews, withView } from './saved-views.ts';

test('a view is the filter without the page', () => {
  const views = withView([], ' mine ', { status: ['FAILED'], page: 3 });
  assert.deepEqual(views, [{ name: 'mine', search: { status: ['FAILED'] } }]);
  assert.deepEqual(withView(views, 'mine', { text: 'x' }), [{ name: 'mine', search: { text: 'x' } }]);
  assert.ok(isShown(views[0]!, { page: 2, status: ['FAILED'] }));
  assert.ok(!isShown(views[0]!, { status: ['FAILED'], text: 'x' }));
});

test('nonsense in storage', () => {
  const good = { name: 'a', search: { status: ['FAILED'], range: 'nonsense' } };
  assert.deepEqual(readViews([good, 7, null, { name: '' }, { name: 'b' }]), [
    { name: 'a', search: { status: ['FAILED'] } },
  ]);
  for (const raw of [undefined, 'text', {}]) assert.deepEqual(readViews(raw), []);
});
