// One request as it was sent and what came back: time by step, the text that was signed, headers and bodies.
import { Table, Text } from '@mantine/core';
import { faultText, headerRows, type Exchange as Recorded, timingParts } from '../../model/delivery-view.ts';
import { durationText } from '../../model/moment.ts';
import { CopyIcon } from '../copy.tsx';
import { Payload } from '../payload.tsx';
import './flow.css';

interface ExchangeProps {
  readonly exchange: Recorded;
  /** The message, when it is not shown elsewhere. */
  readonly body?: string | undefined;
  readonly signedTexts?: Readonly<Record<string, string>> | undefined;
}

export function Exchange({ exchange, body, signedTexts = {} }: ExchangeProps) {
  const { result, request, response, timing, reason, gaveUp, remoteAddress } = exchange;
  const good = result === 'ok';
  return (
    <div className="exchange">
      <div className="exchange-line" data-tone={good ? 'good' : 'bad'}>
        <b className="exchange-code">{response ? response.status : result}</b>
        <span className="hostile">{reason ? `${faultText(result)}: ${reason}` : faultText(result)}</span>
        {timing && <span className="num exchange-took">{durationText(timing.totalMs)}</span>}
      </div>
      {gaveUp && (
        <Text size="xs" c="dimmed" className="hostile">
          {gaveUp}
        </Text>
      )}
      {timing && <TimingBar timing={timing} />}
      {request && (
        <section aria-label="Request">
          <h3 className="exchange-title">Request{remoteAddress ? ` to ${remoteAddress}` : ''}</h3>
          <div className="mono hostile exchange-url">
            <b>{request.method}</b> {request.url}
          </div>
          <HeaderTable label="Request headers" headers={request.headers} />
          {body !== undefined && body !== '' && <Payload label="Request body" text={body} maxHeight={220} />}
        </section>
      )}
      {Object.entries(signedTexts).map(([scheme, text]) => (
        <section key={scheme} aria-label="Signed text">
          <h3 className="exchange-title">
            Signed text, {scheme === 'flow' ? 'X-Webhook-Signature' : 'Standard Webhooks'}
          </h3>
          <div className="signed">
            <code className="mono hostile">{text}</code>
            <CopyIcon value={text} label="Copy the signed text" />
          </div>
        </section>
      ))}
      {response && (
        <section aria-label="Response">
          <h3 className="exchange-title">Response</h3>
          <HeaderTable label="Response headers" headers={response.headers} />
          <Payload label="Response body" text={response.body} maxHeight={220} empty="No body" />
          {response.truncated && (
            <Text size="xs" c="dimmed">
              The rest was not read: 20 KB are kept.
            </Text>
          )}
        </section>
      )}
    </div>
  );
}

function TimingBar({ timing }: { timing: NonNullable<Recorded['timing']> }) {
  const parts = timingParts(timing);
  if (parts.length === 0) return null;
  return (
    <div className="timing">
      <div className="timing-bar" aria-hidden="true">
        {parts.map(({ name, share }) => (
          <i key={name} data-part={name} style={{ flexGrow: share }} />
        ))}
      </div>
      <dl className="timing-parts">
        {parts.map(({ name, ms }) => (
          <div key={name}>
            <dt data-part={name}>{name}</dt>
            <dd className="num">{ms < 10 ? `${ms.toFixed(1)} ms` : durationText(ms)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function HeaderTable({ label, headers }: { label: string; headers: Parameters<typeof headerRows>[0] }) {
  const rows = headerRows(headers);
  if (rows.length === 0) return null;
  return (
    <section className="table-box exchange-headers" tabIndex={0} aria-label={label}>
      <Table fz="xs" verticalSpacing={3}>
        <Table.Tbody>
          {rows.map(({ name, value }, i) => (
            <Table.Tr key={`${name} ${String(i)}`}>
              <Table.Td className="mono exchange-name">{name}</Table.Td>
              <Table.Td className="mono hostile">{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
