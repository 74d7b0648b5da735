// Every scenario through HTTP on SQLite.

import { open } from '../http/test-server.ts';
import { playAll } from './http-run.ts';

await playAll((t, options) => open(t, options, 'sqlite::memory:', async () => {}));
