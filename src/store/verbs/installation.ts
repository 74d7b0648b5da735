// A key of this installation, made once and kept with the data, for what must be recognised later and cannot be guessed.

import type { Change, Driver, Row } from '../drivers/driver.ts';

/** Four numbers of 48 bits: facts are whole numbers that both databases keep exactly. */
const PARTS = 4;
const PART_RANGE = 2 ** 48;

export async function installationKey(
  driver: Pick<Driver, 'look'>,
  write: (changes: readonly Change[]) => Promise<void>,
  random: () => number,
): Promise<string> {
  const names = Array.from({ length: PARTS }, (_, i): Row => [`key${i}`]);
  const read = async (): Promise<readonly (number | undefined)[]> =>
    (await driver.look('fact', names)).map((rows) => rows[0]?.[0] as number | undefined);
  if ((await read()).includes(undefined))
    await write(
      names.map(
        ([name]): Change => ({
          op: 'ignore',
          table: 'fact',
          row: [name as string, Math.floor(random() * PART_RANGE)],
        }),
      ),
    );
  return (await read()).map((part) => (part ?? 0).toString(16).padStart(12, '0')).join('');
}
