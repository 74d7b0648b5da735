// axe in the browser, past the page's own policy: it is put in by the debugger, as a person's developer tools would.
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.0 and 2.1, levels A and AA. */
const OPTIONS = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] };
/** All that light and dark can differ in. */
const COLOURS = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

interface Found {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

async function look(page: Page, options: object): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const run = async (expression: string): Promise<unknown> => {
    const answer = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails)
      throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
    return answer.result.value;
  };
  try {
    // Two frames: a scheme that was just switched is on screen then, and what it animates has arrived.
    await run('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    if ((await run('typeof axe')) === 'undefined') await run(`${axe.source};0`);
    const found = (await run(
      `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) })))`,
    )) as readonly Found[];
    return found.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) =>
          `${id} (${help}): ${target.join(' ')} ${failureSummary.split('\n').at(1)?.trim()}`,
      ),
    );
  } finally {
    await session.detach();
  }
}

/** Violations of the page as it is, in its scheme. */
export const violations = (page: Page): Promise<string[]> => look(page, OPTIONS);

/** Violations of what a scheme decides. */
export const colourViolations = (page: Page): Promise<string[]> => look(page, COLOURS);
