import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The master keys, by version. New data keys are wrapped under the current one. */
export interface MasterKeys {
  current: number;
  byVersion: ReadonlyMap<number, Buffer>;
}

/** A person's own key, wrapped by the tenant's key of a version, as it stands in the row. */
export interface WrappedKey {
  wrapped: Buffer;
  version: number;
}

/** A person's fields, sealed and opened with her own key. Forgetting that key forgets the person. */
export interface PersonalKey {
  stored: WrappedKey;
  seal(field: string, text: string): Buffer;
  open(field: string, sealed: Buffer): string;
}

/** Personal data at rest: every person has a key, wrapped by the key of her tenant, which follows from a master key. */
export interface Vault {
  newKey(groupId: string, ownerId: string): PersonalKey;
  keyOf(groupId: string, ownerId: string, stored: WrappedKey): PersonalKey;
  /** 64 secret bits that follow from a text, the same each time: for codes that are never stored. */
  derive(groupId: string, purpose: string, text: string): bigint;
}

export function createVault(keys: MasterKeys): Vault {
  const tenantKeys = new Map<string, Buffer>();

  function tenantKey(groupId: string, purpose: string, version: number): Buffer {
    const name = `${version}|${purpose}|${groupId}`;
    const known = tenantKeys.get(name);
    if (known) return known;
    const master = keys.byVersion.get(version);
    if (!master) throw new Error(`no master key of version ${version}`);
    const key = Buffer.from(hkdfSync('sha256', master, groupId, `atrium/member/${purpose}`, KEY_BYTES));
    tenantKeys.set(name, key);
    return key;
  }

  function personalKey(ownerId: string, dataKey: Buffer, stored: WrappedKey): PersonalKey {
    return {
      stored,
      seal: (field, text) => encrypt(dataKey, Buffer.from(text, 'utf8'), `${ownerId}|${field}`),
      open: (field, sealed) => decrypt(dataKey, sealed, `${ownerId}|${field}`).toString('utf8'),
    };
  }

  return {
    newKey(groupId, ownerId) {
      const dataKey = randomBytes(KEY_BYTES);
      const wrapped = encrypt(tenantKey(groupId, 'wrap', keys.current), dataKey, `${ownerId}|key`);
      return personalKey(ownerId, dataKey, { wrapped, version: keys.current });
    },
    keyOf(groupId, ownerId, stored) {
      const dataKey = decrypt(tenantKey(groupId, 'wrap', stored.version), stored.wrapped, `${ownerId}|key`);
      return personalKey(ownerId, dataKey, stored);
    },
    derive(groupId, purpose, text) {
      return createHmac('sha256', tenantKey(groupId, purpose, keys.current))
        .update(text)
        .digest()
        .readBigUInt64BE();
    },
  };
}

/** The owner and the field are bound to the text: sealed values cannot be moved to another row or column. */
function encrypt(key: Buffer, plain: Buffer, boundTo: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(boundTo));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer, sealed: Buffer, boundTo: string): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES))
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}
