// AWS SNS topics with an HTTPS subscription.
// Source: Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages".

import { type Platform, valueField } from './platform.ts';

export const sns: Platform = {
  id: 'sns',
  name: 'AWS SNS',
  aliases: ['awssns', 'amazonsns'],
  // AWS advises to refuse messages older than an hour; its default policy also stops trying after one.
  scheme: { type: 'sns', toleranceSeconds: 3600 },
  fields: [
    valueField(
      'topicArn',
      'Topic ARN',
      'On the page of the topic: arn:aws:sns:… Several may stand side by side, with blanks between.',
    ),
  ],
  methods: ['POST'],
  handshakes: [],
  identity: {
    dedupe: [[{ body: 'MessageId' }]],
    eventType: [[{ body: 'Subject' }], [{ body: 'Type' }]],
    idSigned: true,
  },
  deadlineMs: 15_000,
  retries: 'about 50 times within an hour; 4xx other than 429 is final',
  sample: {
    method: 'POST',
    headers: {
      'Content-Type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': 'Notification',
      'User-Agent': 'Amazon Simple Notification Service Agent',
    },
    body: JSON.stringify({
      Type: 'Notification',
      MessageId: '22b80b92-0000-5000-8000-000000000001',
      TopicArn: 'arn:aws:sns:eu-central-1:123456789012:orchestra',
      Subject: 'Backup finished',
      Message: '{"backup":"scores","status":"ok"}',
      Timestamp: '2026-11-22T10:00:00.000Z',
      SignatureVersion: '2',
      Signature: '',
      SigningCertURL: '',
      UnsubscribeURL: 'https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=sample',
    }),
  },
  guide: [
    'Enter the ARN of the topic here: only its messages are accepted.',
    'In the SNS console, open the topic, Create subscription, protocol HTTPS, and paste the URL of this webhook.',
    'Leave raw message delivery off: it removes the signature.',
    'The subscription is confirmed by this server as soon as the signed request arrives.',
  ],
  docs: 'https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html',
};
