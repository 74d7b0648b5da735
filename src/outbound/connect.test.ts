// Pinning: whatever a name says later, only addresses that were checked are dialled, and who answered is looked at again.
import assert from 'node:assert/strict';
import { type AddressInfo, createServer, connect as netConnect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { type ConnectDeps, openConnection } from './connect.ts';
import { createGuard } from './guard.ts';

const loopback = createGuard({ allow: ['127.0.0.1', '127.0.0.2'], deny: [] });

async function listener(t: TestContext): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function open(url: string, deps: Partial<ConnectDeps>, signal: AbortSignal = new AbortController().signal) {
  const target = { url: new URL(url), secureContext: createSecureContext(), validate: true };
  const timing = { dnsMs: 0, connectMs: 0, tlsMs: 0 };
  const all: ConnectDeps = {
    guard: loopback,
    clock: new FakeClock(),
    resolve: () => assert.fail('nothing was to be resolved'),
    ...deps,
  };
  return openConnection(all, target, timing, signal);
}

/** Answers the first question with the first list, and so on: a name that changes its mind. */
function rebinding(...answers: string[][]) {
  const asked: string[] = [];
  const resolve = (name: string): Promise<string[]> => {
    asked.push(name);
    return Promise.resolve(answers[asked.length - 1] ?? assert.fail('asked too often'));
  };
  return { asked, resolve };
}

test('a name is asked once for a connection; what was checked is what is dialled', async (t) => {
  const port = await listener(t);
  const { asked, resolve } = rebinding(['127.0.0.1'], ['169.254.169.254']);
  const dialled: TcpNetConnectOpts[] = [];
  const dial = (options: TcpNetConnectOpts): Socket => {
    dialled.push(options);
    return netConnect(options);
  };
  const first = await open(`http://rebind.test:${port}/`, { resolve, dial });
  assert.equal(first.type, 'connected');
  assert.equal(first.type === 'connected' && first.remoteAddress, '127.0.0.1');
  assert.deepEqual(asked, ['rebind.test']);
  assert.equal(dialled[0]?.host, '127.0.0.1', 'the address, not the name, goes to the socket');
  if (first.type === 'connected') first.socket.destroy();

  const second = await open(`http://rebind.test:${port}/`, { resolve, dial });
  assert.deepEqual([second.type, second.type === 'fault' && second.fault], ['fault', 'guard']);
  assert.equal(dialled.length, 1, 'the second answer was never dialled');
});

test('with several addresses the socket asks only our table', async (t) => {
  const port = await listener(t);
  const { asked, resolve } = rebinding(['127.0.0.2', '127.0.0.1']);
  const dialled: TcpNetConnectOpts[] = [];
  const outcome = await open(`http://two.test:${port}/`, {
    resolve,
    dial: (options) => {
      dialled.push(options);
      return netConnect(options);
    },
  });
  assert.equal(outcome.type, 'connected', JSON.stringify(outcome));
  assert.equal(outcome.type === 'connected' && outcome.remoteAddress, '127.0.0.1', 'the one that listens');
  assert.deepEqual(asked, ['two.test']);
  assert.equal(dialled[0]?.host, 'checked.invalid');
  if (outcome.type === 'connected') outcome.socket.destroy();
});

test('a socket that is connected elsewhere is closed, whether that place is allowed or not', async (t) => {
  const port = await listener(t);
  for (const [guard, answer, words] of [
    [loopback, '127.0.0.2', /not a checked address/],
    [createGuard({ allow: [], deny: [] }), '8.8.8.8', /connected to a refused address/],
  ] as const) {
    const sockets: Socket[] = [];
    const dial = (): Socket => {
      const socket = netConnect({ host: '127.0.0.1', port });
      sockets.push(socket);
      return socket;
    };
    const outcome = await open(`http://elsewhere.test:${port}/`, {
      guard,
      dial,
      resolve: () => Promise.resolve([answer]),
    });
    assert.deepEqual([outcome.type, outcome.type === 'fault' && outcome.fault], ['fault', 'guard']);
    assert.equal(sockets[0]?.destroyed, true);
    assert.match(outcome.type === 'fault' ? outcome.reason : '', words);
  }
});

test('a literal address is checked although nobody resolves it', async () => {
  const dial = (): never => assert.fail('dialled');
  for (const url of ['http://10.0.0.1/', 'http://[::1]/', 'http://[::ffff:10.0.0.1]/', 'http://0x7f000003/']) {
    const outcome = await open(url, { dial });
    assert.equal(outcome.type === 'fault' && outcome.fault, 'guard', url);
  }
});

test('an abort while resolving or dialling leaves no open socket', async (t) => {
  const port = await listener(t);
  const resolving = new AbortController();
  const first = open(`http://slow.test:${port}/`, { resolve: () => new Promise(() => {}) }, resolving.signal);
  resolving.abort();
  const outcome = await first;
  assert.equal(outcome.type === 'fault' && outcome.fault, 'timeout');

  const dialling = new AbortController();
  const sockets: Socket[] = [];
  const dial = (options: TcpNetConnectOpts): Socket => {
    const socket = netConnect(options);
    sockets.push(socket);
    return socket;
  };
  const second = open(`http://127.0.0.1:${port}/`, { dial }, dialling.signal);
  dialling.abort();
  assert.equal((await second).type, 'fault');
  assert.equal(sockets[0]?.destroyed, true);
});

test('each step is timed, also the one that fails', async () => {
  const clock = new FakeClock();
  const timing = { dnsMs: 0, connectMs: 0, tlsMs: 0 };
  const resolve = async (): Promise<never> => {
    await clock.advance(70);
    throw Object.assign(new Error('x'), { code: 'EAI_AGAIN' });
  };
  const outcome = await openConnection(
    { guard: loopback, clock, resolve },
    { url: new URL('http://a.test/'), secureContext: createSecureContext(), validate: true },
    timing,
    new AbortController().signal,
  );
  assert.deepEqual(outcome, {
    type: 'fault',
    fault: 'dns',
    reason: 'the name could not be resolved (EAI_AGAIN)',
    retryable: true,
  });
  assert.deepEqual(timing, { dnsMs: 70, connectMs: 0, tlsMs: 0 });
});
