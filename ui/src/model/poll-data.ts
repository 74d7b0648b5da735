// When a worker asked for tasks of a queue (Conductor's PollData).
export interface PollData {
  readonly queueName: string;
  readonly domain?: string;
  readonly workerId?: string;
  readonly lastPollTime: number;
}
