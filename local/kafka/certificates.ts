import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import path from 'node:path';

// Node cannot issue certificates, and the JDK's keytool needs a JVM start for each step: the few lines of DER that an
// X.509 certificate takes are written here. Brokers and clients read PEM alike, so no key store is needed either.

/** A certificate and its key, as PEM texts. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** The common name, which is also the principal of a client: `User:CN=<name>`. */
  readonly name: string;
  /** Host names and IPv4 addresses that a server's certificate is for. None when absent. */
  readonly hosts?: readonly string[];
  /** From and until when it is good, in days from now. @default a year from yesterday */
  readonly validDays?: readonly [from: number, until: number];
}

const dayMs = 24 * 60 * 60 * 1000;
const usualDays = [-1, 364] as const;
const pastDays = [-2, -1] as const;
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

/** One that signs certificates; `cert` is what others must trust. */
export class CertificateAuthority {
  readonly cert: string;
  readonly #name: Buffer;
  readonly #key: KeyObject;

  constructor(name: string) {
    const { publicKey, privateKey } = newKeys();
    this.#name = distinguishedName(name);
    this.#key = createPrivateKey(privateKey);
    const isAuthority = extension(oid(0x55, 0x1d, 0x13), sequence(boolean(true)));
    this.cert = this.#sign(this.#name, publicKey, usualDays, [isAuthority]);
  }

  issue({ name, hosts = [], validDays = usualDays }: CertificateRequest): Identity {
    const { publicKey, privateKey } = newKeys();
    const names = hosts.map((host) =>
      isIP(host) === 4 ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host)),
    );
    const extensions = names.length === 0 ? [] : [extension(oid(0x55, 0x1d, 0x11), sequence(...names))];
    return {
      cert: this.#sign(distinguishedName(name), publicKey, validDays, extensions),
      key: privateKey,
    };
  }

  #sign(
    subject: Buffer,
    publicKey: Buffer,
    [from, until]: readonly [number, number],
    extensions: readonly Buffer[],
  ): string {
    const content = sequence(
      tlv(0xa0, tlv(0x02, Buffer.from([2]))), // version 3
      // Positive, and short enough for every reader.
      tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
      ecdsaWithSha256,
      this.#name,
      sequence(time(from), time(until)),
      subject,
      publicKey,
      ...(extensions.length === 0 ? [] : [tlv(0xa3, sequence(...extensions))]),
    );
    const signature = sign('sha256', content, this.#key);
    return pem('CERTIFICATE', sequence(content, ecdsaWithSha256, bitString(signature)));
  }
}

/** Certificate files of a cluster, to name on a command line. */
export interface CertificateFiles {
  /** The authority behind every listener. */
  readonly ca: string;
  /** Another one, which has signed nothing here. */
  readonly strangerCa: string;
  readonly client: IdentityFiles;
  readonly expiredClient: IdentityFiles;
  /** Signed by the other authority. */
  readonly strangerClient: IdentityFiles;
}

export interface IdentityFiles {
  readonly cert: string;
  readonly key: string;
}

/** The certificates that a broker may show. */
export const brokerCertificates = ['valid', 'expired', 'other-host'] as const;
export type BrokerCertificate = (typeof brokerCertificates)[number];

export interface ClusterCertificates {
  readonly files: CertificateFiles;
  readonly authority: string;
  readonly broker: Readonly<Record<BrokerCertificate, Identity>>;
}

/** Makes every certificate of a cluster; those of clients and authorities are written to `folder`. */
export async function makeCertificates(folder: string): Promise<ClusterCertificates> {
  const authority = new CertificateAuthority('Lagwarden test authority');
  const stranger = new CertificateAuthority('some other authority');
  await mkdir(folder, { recursive: true });
  const write = async (name: string, text: string) => {
    const file = path.join(folder, `${name}.pem`);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  };
  const writeIdentity = async (name: string, { cert, key }: Identity) => ({
    cert: await write(name, cert),
    key: await write(`${name}-key`, key),
  });
  const hosts = ['localhost', '127.0.0.1'];
  return {
    files: {
      ca: await write('ca', authority.cert),
      strangerCa: await write('stranger-ca', stranger.cert),
      client: await writeIdentity('client', authority.issue({ name: 'client' })),
      expiredClient: await writeIdentity(
        'expired-client',
        authority.issue({ name: 'client', validDays: pastDays }),
      ),
      strangerClient: await writeIdentity('stranger-client', stranger.issue({ name: 'client' })),
    },
    authority: authority.cert,
    broker: {
      valid: authority.issue({ name: 'broker', hosts }),
      expired: authority.issue({ name: 'broker', hosts, validDays: pastDays }),
      'other-host': authority.issue({ name: 'broker', hosts: ['kafka.example.com'] }),
    },
  };
}

function newKeys(): { publicKey: Buffer; privateKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

function distinguishedName(commonName: string): Buffer {
  const value = tlv(0x0c, Buffer.from(commonName));
  return sequence(tlv(0x31, sequence(oid(0x55, 0x04, 0x03), value)));
}

function extension(id: Buffer, content: Buffer): Buffer {
  return sequence(id, tlv(0x04, content));
}

/** Days from now as UTCTime, which serves until 2049. */
function time(days: number): Buffer {
  const text = new Date(Date.now() + days * dayMs).toISOString().replace(/[-:T]|\.\d{3}/g, '');
  return tlv(0x17, Buffer.from(text.slice(2)));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function oid(...bytes: readonly number[]): Buffer {
  return tlv(0x06, Buffer.from(bytes));
}

function boolean(value: boolean): Buffer {
  return tlv(0x01, Buffer.from([value ? 0xff : 0]));
}

function bitString(bytes: Buffer): Buffer {
  return tlv(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

/** Tag, length, value: the one shape of DER. */
function tlv(tag: number, value: Buffer): Buffer {
  const size = value.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
