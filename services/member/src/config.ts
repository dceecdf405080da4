import { parseConfig, serviceConfig } from '@atrium/platform';
import { z } from 'zod';

const key = z
  .string()
  .transform((text) => Buffer.from(text, 'base64'))
  .refine((bytes) => bytes.length === 32, 'must be 32 bytes in base64');

const oldKeys = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string().regex(/^[1-9]\d{0,5}$/), key));

const schema = serviceConfig.extend({
  MEMBER_MASTER_KEY: key.describe('32 bytes in base64: personal data is sealed under it.'),
  MEMBER_MASTER_KEY_VERSION: z.coerce
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('Raised by one when the master key is changed.'),
  MEMBER_OLD_MASTER_KEYS: oldKeys
    .prefault('{}')
    .describe('JSON, version -> key in base64: master keys of before, still needed to read, and the next one.'),
  BLIND_INDEX_KEY: z
    .string()
    .min(32)
    .describe('Keys the hashes by which identifiers are found; the same in merchant-settlement.'),
});

export type MemberConfig = z.infer<typeof schema>;

export const readConfig = (): MemberConfig => parseConfig(schema, process.env);
