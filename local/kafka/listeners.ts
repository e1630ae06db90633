import type { BrokerCertificate, ClusterCertificates } from './certificates.ts';

export type SaslMechanism = 'SCRAM-SHA-512' | 'SCRAM-SHA-256' | 'PLAIN' | 'OAUTHBEARER';

/** A listener beside the plaintext one; it advertises its own address, as those of MSK do. */
export interface SecuredListener {
  /** Small letters and digits; `bootstrapOf` finds the listener by it. */
  readonly name: string;
  /** Which certificate it shows; absent: plaintext. */
  readonly tls?: BrokerCertificate;
  /** Whether a client must show a certificate of the cluster's authority. @default false */
  readonly wantsClientCertificate?: boolean;
  /** The logins that it takes; absent: none. */
  readonly sasl?: readonly SaslMechanism[];
  /** A session ends after this time unless the client logs in again (KIP-368); absent: never. */
  readonly sessionMs?: number;
}

/** An AWS access key whose MSK IAM tokens the brokers accept; its id is the principal, `User:<id>`. */
export interface AcceptedAwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

/** Who may log in. */
export interface Accounts {
  /** Passwords by user, for SCRAM and PLAIN. */
  readonly users: Readonly<Record<string, string>>;
  readonly awsKey: AcceptedAwsKey | null;
}

/** Name by which brokers load java/MskIamTokenValidator.java. */
const tokenValidator = 'lagwarden.MskIamTokenValidator';

/** Kafka's name of a listener. */
export function listenerName({ name }: SecuredListener): string {
  return name.toUpperCase();
}

export function securityProtocol({ tls, sasl }: SecuredListener): string {
  return `${sasl === undefined ? '' : 'SASL_'}${tls === undefined ? 'PLAINTEXT' : 'SSL'}`;
}

/** The broker settings of one listener, its address apart. */
export function listenerSettings(
  listener: SecuredListener,
  certificates: ClusterCertificates,
  accounts: Accounts,
): Readonly<Record<string, string>> {
  const own = {
    ...tlsSettings(listener, certificates),
    ...saslSettings(listener, accounts),
  };
  return Object.fromEntries(
    Object.entries(own).map(([key, value]) => [`listener.name.${listener.name}.${key}`, value]),
  );
}

function tlsSettings(
  { tls, wantsClientCertificate = false }: SecuredListener,
  { broker, authority }: ClusterCertificates,
): Record<string, string> {
  if (tls === undefined) return {};
  const { cert, key } = broker[tls];
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': cert,
    'ssl.keystore.key': key,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': authority,
    'ssl.client.auth': wantsClientCertificate ? 'required' : 'none',
  };
}

function saslSettings({ sasl, sessionMs }: SecuredListener, accounts: Accounts): Record<string, string> {
  if (sasl === undefined) return {};
  const settings: Record<string, string> = { 'sasl.enabled.mechanisms': sasl.join(',') };
  for (const mechanism of sasl) {
    const prefix = mechanism.toLowerCase();
    settings[`${prefix}.sasl.jaas.config`] = loginModule(mechanism, accounts);
    if (sessionMs !== undefined) settings[`${prefix}.connections.max.reauth.ms`] = String(sessionMs);
    if (mechanism === 'OAUTHBEARER')
      settings[`${prefix}.sasl.server.callback.handler.class`] = tokenValidator;
  }
  return settings;
}

function loginModule(mechanism: SaslMechanism, { users, awsKey }: Accounts): string {
  const security = 'org.apache.kafka.common.security';
  switch (mechanism) {
    case 'PLAIN':
      return `${security}.plain.PlainLoginModule required${jaasOptions(
        Object.fromEntries(Object.entries(users).map(([user, password]) => [`user_${user}`, password])),
      )};`;
    case 'OAUTHBEARER':
      if (awsKey === null)
        throw new Error('a listener with OAUTHBEARER needs the awsKey whose tokens it accepts');
      // Brokers log in as well, with a token of their own making that nobody is shown.
      return `${security}.oauthbearer.OAuthBearerLoginModule required${jaasOptions({
        unsecuredLoginStringClaim_sub: 'broker',
        accessKeyId: awsKey.accessKeyId,
        secretAccessKey: awsKey.secretAccessKey,
        region: awsKey.region,
      })};`;
    case 'SCRAM-SHA-256':
    case 'SCRAM-SHA-512':
      return `${security}.scram.ScramLoginModule required;`;
  }
}

function jaasOptions(options: Readonly<Record<string, string>>): string {
  return Object.entries(options)
    .map(([name, value]) => ` ${name}="${value.replace(/["\\]/g, '\\$&')}"`)
    .join('');
}
