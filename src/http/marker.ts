import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { config } from '../config.ts';

/**
 * Encrypts the start of a page as the Marker for the caller. AWS's own marker can name the last entry of a page, which
 * can belong to another owner. `scope` is what the Marker is valid for. Equal inputs give equal Markers.
 */
export function sealMarker(text: string, scope: string): string {
  const nonce = createHmac('sha256', key).update(`${scope}\n${text}`).digest().subarray(0, nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(scope));
  const encrypted = [cipher.update(text, 'utf8'), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...encrypted]).toString('base64url');
}

/** Returns the text in a Marker that `sealMarker` returned for the same scope. Returns undefined for any other Marker. */
export function openMarker(marker: string, scope: string): string | undefined {
  const bytes = Buffer.from(marker, 'base64url');
  if (bytes.toString('base64url') !== marker) return undefined;
  const [nonce, tag] = [bytes.subarray(0, nonceBytes), bytes.subarray(nonceBytes, headBytes)];
  try {
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(scope));
    decipher.setAuthTag(tag);
    return decipher.update(bytes.subarray(headBytes)).toString() + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = nonceBytes + tagBytes;

const key = createHash('sha256').update(config.markerKey).digest();
