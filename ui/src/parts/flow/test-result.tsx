// What a test sent and what came back, beside the form.
import { Text } from '@mantine/core';
import type { WebhookTest } from '../../api-flow.ts';
import type { Exchange as Recorded } from '../../model/delivery-view.ts';
import { Exchange } from './exchange.tsx';

export function TestResult({ report }: { report: WebhookTest | undefined }) {
  if (!report)
    return (
      <>
        <Text fw={600} size="sm" mb={6} component="h2">
          Try it before you save
        </Text>
        <Text size="sm" c="dimmed" component="div">
          <ol className="steps">
            <li>Test sends a real, signed request with sample values to the URL.</li>
            <li>Here you see the request as it was sent, the text that was signed, and what came back.</li>
            <li>
              Nothing is stored. Each delivery of an execution is on the tab Deliveries, and on the execution itself.
            </li>
          </ol>
        </Text>
      </>
    );
  const { result, request, body, signedTexts, outcome } = report;
  return (
    <section aria-label="Result of the test" aria-live="polite">
      <Text fw={600} size="sm" mb={8} component="h2">
        {result === 'ok' ? 'The receiver accepted the test' : 'The test did not get through'}
      </Text>
      <Exchange
        exchange={{
          ...(outcome as Partial<Recorded>),
          result,
          ...(request && { request: request as Recorded['request'] }),
        }}
        body={body}
        signedTexts={signedTexts}
      />
    </section>
  );
}
