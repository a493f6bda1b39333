/**
 * The network key: a secret that all servers of one network share. A server that has it can link with them, and links
 * are encrypted with it. [PEERING 3.2]
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { UsageError } from './command-line.js';

const keyBytes = 32;
/** The most keys at once: one in use, and one that is being introduced or retired. */
const mostKeys = 2;
const howToMake = '`--new-network-key <file>` makes one';

/**
 * What another process of this server needs in order to have the same key, as hex digits. It is as secret as the key
 * itself.
 */
export interface DerivedKey {
  readonly id: string;
  readonly psk: string;
  readonly macKey: string;
}

/** A network key. Only what is derived from it is kept, and it cannot be printed by accident. */
export class NetworkKey {
  /** A public name that tells keys apart: 32 hex digits. */
  readonly id: string;
  readonly #psk: Buffer;
  readonly #macKey: Buffer;

  /** @param secret 32 bytes, or what another process derived from them */
  constructor(secret: Buffer | DerivedKey) {
    if (!Buffer.isBuffer(secret)) {
      this.id = secret.id;
      this.#psk = Buffer.from(secret.psk, 'hex');
      this.#macKey = Buffer.from(secret.macKey, 'hex');
      return;
    }
    const derive = (purpose: string, bytes: number): Buffer =>
      Buffer.from(hkdfSync('sha256', secret, '', `hearsay network key, ${purpose}`, bytes));
    this.id = derive('id', 16).toString('hex');
    this.#psk = derive('TLS PSK', keyBytes);
    this.#macKey = derive('MAC', keyBytes);
  }

  /** The secrets to hand to a worker of this server, and to nobody else. */
  handOver(): DerivedKey {
    return { id: this.id, psk: this.#psk.toString('hex'), macKey: this.#macKey.toString('hex') };
  }

  /** The pre-shared key for TLS. */
  tlsKey(): Buffer {
    return this.#psk;
  }

  /** @returns an HMAC-SHA256, 64 hex digits */
  mac(text: string): string {
    return createHmac('sha256', this.#macKey).update(text).digest('hex');
  }

  /** Whether this is the MAC of a text. The comparison takes the same time for any wrong MAC. */
  isMac(text: string, mac: string): boolean {
    const [own, other] = [Buffer.from(this.mac(text)), Buffer.from(mac)];
    return own.length === other.length && timingSafeEqual(own, other);
  }
}

/**
 * Reads the keys of a network: one, or two while the servers change from one to the other.
 *
 * @param file its name, or undefined
 * @param variable the value of the environment variable `HEARSAY_NETWORK_KEY`, or undefined
 * @returns the key to dial with, then the other one that is accepted; none if neither is given
 * @throws UsageError that never shows a key
 */
export function readNetworkKeys(file: string | undefined, variable: string | undefined): NetworkKey[] {
  if (file !== undefined && variable !== undefined)
    throw new UsageError(
      'a network key is given twice: by --network-key-file and by HEARSAY_NETWORK_KEY. Give it once.',
    );
  if (file !== undefined) return keysFrom(readLines(file), 'line', `the network key file ${file}`);
  return variable === undefined ? [] : keysFrom(variable.split(','), 'place', 'HEARSAY_NETWORK_KEY');
}

/** Whether others than its owner may read a file; false if that cannot be found out. */
export function isOpenToOthers(file: string): boolean {
  // Windows has no such modes; a file may also have been a pipe, or be gone by now.
  const stats = process.platform === 'win32' ? undefined : statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true && (stats.mode & 0o077) !== 0;
}

/**
 * Makes a file with a new key. Only the file's owner can read it.
 *
 * @returns lines that tell the operator what to do with it next
 * @throws UsageError if there is such a file already, or if it cannot be written
 */
export function makeNetworkKeyFile(file: string, program: string): string[] {
  if (file === '') throw new UsageError('--new-network-key takes the name of a file to make.');
  const text = [
    '# The network key of a network of Hearsay servers. Anyone who has it can take part in the network: keep it secret.',
    randomBytes(keyBytes).toString('hex'),
    '',
  ].join('\n');
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (isCode(error, 'EEXIST'))
      throw new UsageError(`${file} exists already, and is left as it is. Give the name of a new file.`);
    throw new UsageError(`cannot write ${file}: ${reasonOf(error)}.`);
  }
  return [
    `A new network key is in ${file}, which only you can read.`,
    'Copy the file to each server of your network in a safe way, such as scp, and start each server with',
    `  ${program} --network-key-file ${file}`,
    'Servers without it cannot link with them. To change to another key later, see docs/PEERING.md, section 3.2.',
  ];
}

function readLines(file: string): string[] {
  if (file === '') throw new UsageError('--network-key-file takes the name of a file.');
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    const more = isCode(error, 'ENOENT') ? `; ${howToMake}` : '';
    throw new UsageError(`cannot read the network key file ${file}: ${reasonOf(error)}${more}.`);
  }
}

/** Reads the keys from texts. @param unit what the texts are called in the place that they are from */
function keysFrom(texts: readonly string[], unit: 'line' | 'place', where: string): NetworkKey[] {
  const keys = new Map<string, NetworkKey>();
  for (const [index, given] of texts.entries()) {
    const text = given.trim();
    if (text === '' || text.startsWith('#')) continue;
    if (!/^[0-9a-f]{64}$/i.test(text))
      throw new UsageError(
        `${where}: what is in ${unit} ${index + 1} is not a key. A key is 64 hex digits; ${howToMake}.`,
      );
    const key = new NetworkKey(Buffer.from(text, 'hex'));
    keys.set(key.id, key);
  }
  if (keys.size === 0) throw new UsageError(`${where} has no key. A key is 64 hex digits; ${howToMake}.`);
  if (keys.size > mostKeys)
    throw new UsageError(
      `${where} has ${keys.size} keys. It may have two: the one to use, and another one that is accepted.`,
    );
  return [...keys.values()];
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function reasonOf(error: unknown): string {
  if (isCode(error, 'ENOENT')) return 'there is no such file or folder';
  if (isCode(error, 'EACCES')) return 'this user has no permission';
  if (isCode(error, 'EISDIR')) return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
}
