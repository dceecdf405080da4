import { type Database, maskPhone } from '@atrium/platform';
import { recordInSink } from '../storage/sms.repository';
import type { SmsProvider } from './sms-provider';

/** For local runs: sends nothing, records in `sms_sink` what would have been sent, to a masked number. */
export const smsSink = (db: Database): SmsProvider => ({
  async send({ groupId, memberId, messageId, businessKey, phone, text }) {
    await db.inTransaction(groupId, (tx) =>
      recordInSink(tx, { memberId, messageId, businessKey, phoneMasked: maskPhone(phone), body: text }),
    );
    return { kind: 'ACCEPTED' };
  },
});
