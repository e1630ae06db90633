import type { Check } from '../domain/diagnosis.ts';

/** Where to begin: an address that the user gave. */
export interface DoctorAddress {
  readonly host: string;
  readonly port: number;
}

/** Tries one step at a time on the way to a cluster. What goes wrong is the answer, so nothing is thrown. */
export interface ConnectionDoctor {
  checkName(address: DoctorAddress): Promise<Check>;
  checkPort(address: DoctorAddress): Promise<Check>;
  /** `skipped` where the login uses no TLS. */
  checkTls(address: DoctorAddress): Promise<Check>;
  checkLogin(address: DoctorAddress): Promise<Check>;
  /** Whether the broker behind the address speaks every request that we need. */
  checkVersions(address: DoctorAddress): Promise<Check>;
  /** Whether every broker can be reached at the address that the cluster advertises: one check a broker. */
  checkBrokers(): Promise<readonly Check[]>;
  /** Whether the login may describe the cluster, its topics and its groups. */
  checkRights(): Promise<readonly Check[]>;
}
