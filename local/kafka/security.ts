import path from 'node:path';
import { type CertificateFiles, makeCertificates } from './certificates.ts';
import { compileJava } from './compile-java.ts';
import type { JavaHome } from './java.ts';
import { type AcceptedAwsKey, listenerSettings, type SecuredListener } from './listeners.ts';

/** What a cluster has beside its plaintext listener, where everybody may do everything. */
export interface ClusterSecurity {
  /** Listeners beside the plaintext one, each at an address of its own. @default none */
  readonly listeners?: readonly SecuredListener[];
  /** Passwords by user, for SCRAM and PLAIN. @default none */
  readonly users?: Readonly<Record<string, string>>;
  /** The key whose MSK IAM tokens OAUTHBEARER listeners accept: compiling their check needs a JDK. @default none */
  readonly awsKey?: AcceptedAwsKey;
  /**
   * Turns on ACLs: these principals (`User:alice`) may do everything, and so may whoever needs no login, which are the
   * brokers themselves and the launcher; all others what an ACL grants. Absent: everybody may do everything.
   */
  readonly superUsers?: readonly string[];
}

/** Makes the certificates, compiles the check of tokens where one is wanted, and gives the broker settings. */
export async function prepareSecurity(
  { listeners = [], users = {}, awsKey, superUsers }: ClusterSecurity,
  java: JavaHome,
): Promise<{
  readonly settings: Readonly<Record<string, string>>;
  readonly certificates: CertificateFiles | null;
  readonly java: JavaHome;
}> {
  const settings: Record<string, string> = {};
  if (superUsers !== undefined) {
    settings['authorizer.class.name'] = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer';
    settings['super.users'] = ['User:ANONYMOUS', ...superUsers].join(';');
    settings['allow.everyone.if.no.acl.found'] = 'false';
  }
  if (listeners.length === 0) return { settings, certificates: null, java };
  const certificates = await makeCertificates(path.join(java.folder, 'certificates'));
  for (const listener of listeners)
    Object.assign(settings, listenerSettings(listener, certificates, { users, awsKey: awsKey ?? null }));
  if (!listeners.some(({ sasl }) => sasl?.includes('OAUTHBEARER')))
    return { settings, certificates: certificates.files, java };
  const classpath = `${await compileJava(java)}${path.delimiter}${java.classpath}`;
  return { settings, certificates: certificates.files, java: { ...java, classpath } };
}
