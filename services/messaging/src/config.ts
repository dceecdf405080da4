import { parseConfig, serviceConfig } from '@atrium/platform';
import { z } from 'zod';

const schema = serviceConfig
  .extend({
    SMS_PROVIDER_URL: z
      .union([z.literal('sink:'), z.url({ protocol: /^https?$/ })])
      .describe('Where texts are posted; "sink:" records them in the database instead, for local runs.'),
    SMS_PROVIDER_TOKEN: z
      .string()
      .min(1)
      .optional()
      .describe('Bearer token for the provider; needed with an http(s) URL.'),
    SMS_TIMEOUT_MS: z.coerce
      .number()
      .int()
      .min(100)
      .max(60_000)
      .default(10_000)
      .describe("Wait for the provider's answer."),
  })
  .refine((config) => config.SMS_PROVIDER_URL === 'sink:' || config.SMS_PROVIDER_TOKEN !== undefined, {
    path: ['SMS_PROVIDER_TOKEN'],
    message: 'is needed for this SMS_PROVIDER_URL',
  });

export type MessagingConfig = z.infer<typeof schema>;

export const readConfig = (): MessagingConfig => parseConfig(schema, process.env);
