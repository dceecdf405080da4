// The secrets that the verbs work with, made once at start.
import { createHmac } from 'node:crypto';
import { blindIndex, encodeJson } from '@atrium/platform';
import { createVault, type MasterKeys, type Vault } from '../storage/personal-data';

export interface MemberKeys {
  vault: Vault;
  /** The keyed hash by which an identifier is found; null when the text is no identifier of this type. */
  indexOf(groupId: string, type: 'CARD' | 'PHONE' | 'DYNAMIC_CODE', value: string): string | null;
  /**
   * What stands for a request that carries personal data where requests are compared: a plain hash of a phone number could
   * be guessed back.
   */
  fingerprint(input: unknown): string;
}

export function createKeys(masterKeys: MasterKeys, blindIndexKey: string): MemberKeys {
  return {
    vault: createVault(masterKeys),
    indexOf: (groupId, type, value) => blindIndex(blindIndexKey, groupId, type, value),
    fingerprint: (input) => createHmac('sha256', blindIndexKey).update(encodeJson(input)).digest('hex'),
  };
}
