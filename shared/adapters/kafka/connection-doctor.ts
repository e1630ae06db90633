import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Check, CheckName } from '../../domain/diagnosis.ts';
import { Fault } from '../../domain/fault.ts';
import type { ConnectionDoctor } from '../../ports/connection-doctor.ts';
import type { KafkaClusterOptions } from './cluster-reader.ts';
import { type FaultPlace, toFault } from './kafka-fault.ts';
import type { Message } from './message.ts';
import { consumerGroupDescribe } from './messages/consumer-group-describe.ts';
import { describeCluster } from './messages/describe-cluster.ts';
import { describeGroups } from './messages/describe-groups.ts';
import { listGroups } from './messages/list-groups.ts';
import { listOffsets } from './messages/list-offsets.ts';
import { metadata } from './messages/metadata.ts';
import { offsetFetch } from './messages/offset-fetch.ts';
import type { NodeAddress } from './node-address.ts';
import { checkRights } from './rights-check.ts';
import { BrokerConnection } from './transport.ts';

/** How long one step may take before it counts as failed. */
const stepTimeoutMs = 5000;

const millisecondsPerDay = 24 * 60 * 60 * 1000;

/** A certificate that ends within this many days is worth a word. */
const certificateWarningDays = 14;

/** A doctor that looks at the real network. @param options the same as for the reader whose way is checked */
export function connectionDoctor(options: KafkaClusterOptions): ConnectionDoctor {
  const { login } = options;
  const place = (address: NodeAddress, stage: FaultPlace['stage']): FaultPlace => ({
    broker: nameOf(address),
    stage,
    login,
  });

  const openConnection = (address: NodeAddress) =>
    BrokerConnection.open(
      address,
      { login, connectTimeoutMs: stepTimeoutMs, silenceTimeoutMs: stepTimeoutMs, onRequest: () => {} },
      AbortSignal.timeout(2 * stepTimeoutMs),
    );

  const askFirstBroker = async <Answer>(message: Message<Answer>): Promise<Answer> =>
    andClose(await firstConnection(options.bootstrap, openConnection), (connection) =>
      connection.send(message, AbortSignal.timeout(stepTimeoutMs)),
    );

  /** Whether a port hangs up on Kafka in plaintext and greets in TLS: that is certain, where the first alone is not. */
  const speaksTlsOnly = async (address: NodeAddress): Promise<boolean> => {
    try {
      (await openConnection(address)).close();
      return false;
    } catch (error) {
      if (toFault(error, place(address, 'versions')).code !== 'connection-closed') return false;
    }
    // Nothing is sent and nothing is believed: who the other side is does not matter.
    const socket = connectTls({ ...address, rejectUnauthorized: false });
    try {
      await once(socket, 'secureConnect', { signal: AbortSignal.timeout(stepTimeoutMs) });
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  };

  return {
    async checkName(address) {
      const subject = nameOf(address);
      if (isIP(address.host) !== 0) {
        return { check: 'dns', subject, outcome: 'skipped', finding: 'an IP address needs no name server' };
      }
      try {
        const found = await lookup(address.host, { all: true });
        const list = found.map((entry) => entry.address).join(', ');
        return { check: 'dns', subject, outcome: 'ok', finding: `${address.host} is ${list}` };
      } catch (error) {
        return failed('dns', subject, toFault(error, place(address, 'connect')), {
          remedy:
            'check the spelling; names of MSK brokers resolve to private addresses that only the VPC can reach',
        });
      }
    },

    async checkPort(address) {
      const subject = nameOf(address);
      const socket = connectTcp(address);
      try {
        await once(socket, 'connect', { signal: AbortSignal.timeout(stepTimeoutMs) });
        return { check: 'port', subject, outcome: 'ok', finding: 'the port is open' };
      } catch (error) {
        return failed('port', subject, toFault(asTimeout(error, subject), place(address, 'connect')), {
          remedy:
            'check the port (MSK: 9092 plaintext, 9094 TLS, 9096 SCRAM, 9098 IAM), the security group and the route',
        });
      } finally {
        socket.destroy();
      }
    },

    async checkTls(address) {
      const subject = nameOf(address);
      if (login.tls === null) {
        if (!(await speaksTlsOnly(address)))
          return { check: 'tls', subject, outcome: 'skipped', finding: 'the login uses no TLS' };
        return {
          check: 'tls',
          subject,
          outcome: 'failed',
          finding: 'this port speaks TLS, and the login uses none',
          remedy:
            'use a login with TLS (tls, mtls, iam, or scram and plain without --no-tls), or the plaintext port',
        };
      }
      let socket: TLSSocket | undefined;
      try {
        const servername = isIP(address.host) === 0 ? { servername: address.host } : {};
        socket = connectTls({ ...address, ...servername, ...login.tls });
        await once(socket, 'secureConnect', { signal: AbortSignal.timeout(stepTimeoutMs) });
        const daysLeft = (Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / millisecondsPerDay;
        const finding = `${socket.getProtocol()}, the certificate is good for ${Math.floor(daysLeft)} more days`;
        if (daysLeft >= certificateWarningDays) return { check: 'tls', subject, outcome: 'ok', finding };
        return {
          check: 'tls',
          subject,
          outcome: 'limited',
          finding,
          remedy: 'renew the broker’s certificate soon',
        };
      } catch (error) {
        return failed('tls', subject, toFault(asTimeout(error, subject), place(address, 'connect')), {
          remedy: 'check ca, cert and key: they must be PEM, and belong together',
        });
      } finally {
        socket?.destroy();
      }
    },

    async checkLogin(address) {
      const subject = nameOf(address);
      const mechanism =
        login.sasl?.mechanism.toUpperCase() ?? (login.tls?.cert ? 'client certificate' : 'no login');
      try {
        // A listener that wants another login says so only at the first request after the handshake.
        await andClose(await openConnection(address), (connection) =>
          connection.send(metadata([]), AbortSignal.timeout(stepTimeoutMs)),
        );
        return { check: 'login', subject, outcome: 'ok', finding: `accepted (${mechanism})` };
      } catch (error) {
        return failed('login', subject, toFault(error, place(address, 'login')), {
          remedy: 'check the kind of login, user name, password and certificate against the listener',
        });
      }
    },

    async checkVersions(address) {
      const subject = nameOf(address);
      try {
        const connection = await openConnection(address);
        const missing = neededMessages.filter((message) => !connection.offers(message)).map(({ api }) => api);
        const withoutModernGroups = !connection.offers(consumerGroupDescribe([]));
        connection.close();
        if (missing.length > 0) {
          const finding = `the broker speaks no version of ${missing.join(', ')} that we do`;
          return {
            check: 'versions',
            subject,
            outcome: 'failed',
            finding,
            remedy: 'Kafka 2.8 or newer is needed',
          };
        }
        const finding = withoutModernGroups
          ? 'everything needed is spoken; this Kafka has no groups of the new protocol (KIP-848)'
          : 'everything needed is spoken';
        return { check: 'versions', subject, outcome: 'ok', finding };
      } catch (error) {
        return failed('versions', subject, toFault(error, place(address, 'versions')), {
          remedy: 'is it a Kafka broker of version 2.8 or newer?',
        });
      }
    },

    async checkBrokers() {
      const { brokers } = await askFirstBroker(metadata([]));
      return Promise.all(
        brokers.map(async ({ id, host, port }): Promise<Check> => {
          const subject = `broker ${id}`;
          try {
            (await openConnection({ host, port })).close();
            return {
              check: 'brokers',
              subject,
              outcome: 'ok',
              finding: `reached at ${nameOf({ host, port })}`,
            };
          } catch (error) {
            return failed('brokers', subject, toFault(error, place({ host, port }, 'connect')), {
              remedy:
                'the cluster advertises this address (advertised.listeners): it must be reachable from here',
            });
          }
        }),
      );
    },

    async checkRights() {
      const { mayDescribe } = await askFirstBroker(describeCluster());
      return checkRights(options, mayDescribe);
    },
  };
}

const neededMessages: readonly Pick<Message<unknown>, 'api' | 'versions'>[] = [
  metadata(null),
  listGroups(),
  { api: 'OffsetFetch', versions: { min: 6, max: offsetFetch([]).versions.max } },
  listOffsets({ timestamp: 0n, readCommitted: false, partitions: new Map() }),
  describeGroups([]),
];

function nameOf({ host, port }: NodeAddress): string {
  return `${host}:${port}`;
}

/** Uses a connection and closes it whatever comes of it: one left open keeps the process from ending. */
async function andClose<Value>(
  connection: BrokerConnection,
  use: (connection: BrokerConnection) => Promise<Value>,
): Promise<Value> {
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

/** @throws Fault of the last address, where none leads to a broker */
async function firstConnection(
  addresses: readonly NodeAddress[],
  open: (address: NodeAddress) => Promise<BrokerConnection>,
): Promise<BrokerConnection> {
  let fault: unknown;
  for (const address of addresses) {
    try {
      return await open(address);
    } catch (error) {
      fault = error;
    }
  }
  throw fault;
}

function asTimeout(error: unknown, broker: string): unknown {
  if (!(error instanceof Error) || error.name !== 'AbortError') return error;
  return new Fault(
    'timed-out',
    `${broker}: no answer within ${stepTimeoutMs} ms; packets are dropped on the way`,
  );
}

/** @param remedy where the fault itself knows none */
function failed(check: CheckName, subject: string, fault: Fault, { remedy }: { remedy: string }): Check {
  const finding = fault.finding.replace(`${subject}: `, '');
  return { check, subject, outcome: 'failed', finding, remedy: fault.remedy ?? remedy };
}
