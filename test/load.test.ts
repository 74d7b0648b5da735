// The generator of the benchmarks: what it says of a server that does not keep its connections.

import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type LoadResult, runLoad } from '../bench/load.ts';

async function loaded(listener: RequestListener): Promise<LoadResult> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const keys = Array.from({ length: 20 }, (_, i) => `order-${i}`);
  try {
    return await runLoad({ port, path: '/', secret: 'x', keys, bodyBytes: 100, connections: 10, ratePerSecond: 50 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('connections that the server has closed while nothing was asked on them are opened anew', async () => {
  const { sent, refused } = await loaded((request, response) => {
    response.end('ok', () => setImmediate(() => request.socket.destroy()));
  });
  assert.deepEqual({ sent, refused }, { sent: 20, refused: {} });
});

test('what breaks before it is answered is counted', async () => {
  const { sent, refused } = await loaded((request) => request.socket.destroy());
  assert.deepEqual({ sent, refused }, { sent: 20, refused: { 0: 20 } });
});
