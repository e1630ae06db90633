import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { CertificateAuthority } from '../../../../local/kafka/certificates.ts';
import { connectionDoctor } from '../../../../shared/adapters/kafka/connection-doctor.ts';
import { type Credentials, toLogin } from '../../../../shared/adapters/kafka/logins.ts';
import { diagnoseCluster } from '../../../../shared/usecases/diagnose-cluster.ts';

const authority = new CertificateAuthority('test');
const hosts = ['127.0.0.1'];

let servers: Server[] = [];

async function listen(server: Server): Promise<{ host: string; port: number }> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
});

function doctor(bootstrap: { host: string; port: number }, credentials: Credentials) {
  return connectionDoctor({ bootstrap: [bootstrap], login: toLogin(credentials) });
}

const overTls: Credentials = { kind: 'tls', ca: authority.cert };

function tlsServer(validDays?: readonly [number, number]): Server {
  const identity = authority.issue({ name: 'b', hosts, ...(validDays === undefined ? {} : { validDays }) });
  return createTlsServer(identity, (socket) => socket.on('error', () => {}));
}

describe('dns', () => {
  test('an address needs no name server', async () => {
    const address = { host: '127.0.0.1', port: 1 };
    expect(await doctor(address, { kind: 'none' }).checkName(address)).toMatchObject({ outcome: 'skipped' });
  });

  test('a name is resolved', async () => {
    const address = { host: 'localhost', port: 1 };
    const check = await doctor(address, { kind: 'none' }).checkName(address);
    expect(check).toMatchObject({ check: 'dns', outcome: 'ok' });
    expect(check.finding).toMatch(/^localhost is (127\.0\.0\.1|::1)/);
  });

  test('a name that nobody knows', async () => {
    const address = { host: 'no-such-broker.invalid', port: 9092 };
    expect(await doctor(address, { kind: 'none' }).checkName(address)).toMatchObject({
      outcome: 'failed',
      subject: 'no-such-broker.invalid:9092',
      remedy: 'check it, and the DNS of this network',
    });
  });
});

describe('port', () => {
  test('an open one', async () => {
    const address = await listen(createTcpServer());
    expect(await doctor(address, { kind: 'none' }).checkPort(address)).toMatchObject({ outcome: 'ok' });
  });

  test('a closed one', async () => {
    const server = createTcpServer();
    const closed = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const check = await doctor(closed, { kind: 'none' }).checkPort(closed);
    expect(check).toEqual({
      check: 'port',
      subject: `127.0.0.1:${closed.port}`,
      outcome: 'failed',
      finding: `connect ECONNREFUSED 127.0.0.1:${closed.port}; nothing listens there`,
      remedy: 'check the port, and whether the broker is up',
    });
  });
});

describe('tls', () => {
  test('tells how long the certificate is good', async () => {
    const address = await listen(tlsServer());
    expect(await doctor(address, overTls).checkTls(address)).toEqual({
      check: 'tls',
      subject: `127.0.0.1:${address.port}`,
      outcome: 'ok',
      finding: 'TLSv1.3, the certificate is good for 363 more days',
    });
  });

  test('warns of a certificate that is about to end', async () => {
    const address = await listen(tlsServer([-1, 13.5]));
    expect(await doctor(address, overTls).checkTls(address)).toMatchObject({
      outcome: 'limited',
      finding: 'TLSv1.3, the certificate is good for 13 more days',
    });
  });

  test('a key that does not belong to the certificate is a finding, not a crash', async () => {
    const address = await listen(tlsServer());
    const { cert } = authority.issue({ name: 'client' });
    const { key } = authority.issue({ name: 'other' });
    const check = await doctor(address, { kind: 'mtls', ca: authority.cert, cert, key }).checkTls(address);
    expect(check).toMatchObject({
      outcome: 'failed',
      remedy: 'check ca, cert and key: they must be PEM, and belong together',
    });
    expect(check.finding).toContain('key values mismatch');
  });

  test('a TLS port met in plaintext is found for what it is', async () => {
    const server = tlsServer();
    server.on('tlsClientError', () => {});
    const address = await listen(server);
    expect(await doctor(address, { kind: 'none' }).checkTls(address)).toMatchObject({
      outcome: 'failed',
      finding: 'this port speaks TLS, and the login uses none',
    });
  });

  test('a port that hangs up on everything is not taken for TLS', async () => {
    const address = await listen(createTcpServer((socket) => socket.resume().end()));
    expect(await doctor(address, { kind: 'none' }).checkTls(address)).toEqual({
      check: 'tls',
      subject: `127.0.0.1:${address.port}`,
      outcome: 'skipped',
      finding: 'the login uses no TLS',
    });
  });
});

test('after the step that fails the rest of an address is not tried', async () => {
  const address = await listen(createTcpServer((socket) => socket.resume().end()));
  const checks = [];
  for await (const { check, outcome } of diagnoseCluster(doctor(address, { kind: 'none' }), [address]))
    checks.push(`${check} ${outcome}`);
  expect(checks).toEqual([
    'dns skipped',
    'port ok',
    'tls skipped',
    'login failed',
    'brokers skipped',
    'rights skipped',
  ]);
});
