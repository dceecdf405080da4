// SHA-256, and a way to write bytes down one after the other.
import { createHash } from 'node:crypto';

export const HASH_BYTES = 32;

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
