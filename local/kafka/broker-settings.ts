import path from 'node:path';
import { listenerName, type SecuredListener, securityProtocol } from './listeners.ts';
import type { KafkaLine } from './version.ts';

/** Where one broker of a cluster listens, on 127.0.0.1. */
export interface BrokerPlace {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** The listeners beside the plaintext one, each with its port. */
  readonly secured: readonly { readonly listener: SecuredListener; readonly port: number }[];
}

/** The host of every listener: nothing outside this machine can reach a cluster. */
export const loopback = '127.0.0.1';

/** What a release line needs beyond its defaults so that KIP-848 consumer groups and share groups work. */
const previews: Readonly<
  Record<KafkaLine, { settings: Readonly<Record<string, string>>; features: readonly string[] }>
> = {
  // Consumer groups are a preview without a feature flag; there are no share groups yet.
  '3.9': { settings: { 'group.coordinator.rebalance.protocols': 'classic,consumer' }, features: [] },
  // Consumer groups are on; share groups are a preview behind a feature flag.
  '4.1': { settings: {}, features: ['share.version=1'] },
  '4.3': { settings: {}, features: [] },
};

/** The features, `name=level`, to give when the data folders of a cluster are formatted. */
export function formatFeatures(line: KafkaLine): readonly string[] {
  return previews[line].features;
}

/**
 * The properties of one broker. Every broker is a controller too, so that three of them keep a quorum when any one
 * is lost. `overrides` win over everything else.
 */
export function brokerSettings(
  broker: BrokerPlace,
  cluster: readonly BrokerPlace[],
  line: KafkaLine,
  folder: string,
  overrides: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const replicas = String(Math.min(3, cluster.length));
  const open = [
    `PLAINTEXT://${loopback}:${broker.port}`,
    ...broker.secured.map(({ listener, port }) => `${listenerName(listener)}://${loopback}:${port}`),
  ].join(',');
  const protocols = [
    'PLAINTEXT:PLAINTEXT',
    'CONTROLLER:PLAINTEXT',
    ...broker.secured.map(({ listener }) => `${listenerName(listener)}:${securityProtocol(listener)}`),
  ].join(',');
  return {
    'process.roles': 'broker,controller',
    'node.id': String(broker.id),
    'controller.quorum.voters': cluster.map((b) => `${b.id}@${loopback}:${b.controllerPort}`).join(','),
    listeners: `${open},CONTROLLER://${loopback}:${broker.controllerPort}`,
    'advertised.listeners': open,
    'listener.security.protocol.map': protocols,
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataFolder(folder, broker.id),
    'auto.create.topics.enable': 'false',
    'offsets.topic.num.partitions': '6',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': '3',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '3',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A killed broker is noticed, and may come back, within seconds.
    'broker.heartbeat.interval.ms': '500',
    'broker.session.timeout.ms': '4000',
    'log.cleaner.dedupe.buffer.size': '4194304',
    ...previews[line].settings,
    ...overrides,
  };
}

/** A broker's own folder for its records and metadata. */
export function dataFolder(folder: string, brokerId: number): string {
  return path.join(folder, `broker-${brokerId}`);
}

/** The text of a Java properties file. */
export function propertiesText(settings: Readonly<Record<string, string>>): string {
  const escaped = (text: string) =>
    text
      .replace(/[\\\n\r]/g, (c) => (c === '\n' ? '\\n' : c === '\r' ? '\\r' : '\\\\'))
      .replace(/^\s/, '\\$&');
  return Object.entries(settings)
    .map(([key, value]) => `${key.replace(/[\s:=\\]/g, '\\$&')}=${escaped(value)}\n`)
    .join('');
}
