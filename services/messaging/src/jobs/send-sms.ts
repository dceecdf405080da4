import { job } from '@atrium/platform';

/** Looks for queued texts every two seconds. */
export const sendSmsJob = (sendQueuedSms: () => Promise<number>) =>
  job({ name: 'send-sms', everySeconds: 2, run: () => sendQueuedSms() });
