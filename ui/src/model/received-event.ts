// A received webhook event as the page shows it: its verdict in words, the way it went, its payload.
export interface EventEffect {
  readonly type: 'completed' | 'started' | 'existing' | 'failed';
  readonly workflowId?: string;
  readonly workflowName: string;
  readonly taskRef?: string;
  readonly reason?: string;
  readonly at: number;
}

export interface ReceivedEvent {
  readonly eventId: string;
  readonly webhookId: string;
  readonly seq: number;
  readonly receivedAt: number;
  readonly method: string;
  readonly url: string;
  /** JSON text: header name -> list of values. */
  readonly headers: string;
  readonly body: string;
  readonly payload?: string;
  readonly dedupeKey?: string;
  readonly verdict: 'verified' | 'refused' | 'challenge';
  readonly reason?: string;
  readonly traceId?: string;
  readonly matched: boolean;
  readonly effects: readonly EventEffect[];
}
