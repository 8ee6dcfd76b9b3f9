/** The package `smartstack`: what programs of users import. Everything else may change. */
export { readCatalog } from '../catalog/document.ts';
export { InvalidEnvironmentError } from '../catalog/invalid-environment.ts';
export type { DeployedHost, DeployedHosts } from '../catalog/rule.ts';
export {
  type Catalog,
  type CatalogHost,
  type CatalogInput,
  defineCatalog,
  defineEnvironments,
  type EnvironmentsInput,
  type Service,
  type ServiceInput,
} from '../catalog/schema.ts';
export { type CheckedCatalog, type CheckOptions, checkCatalog } from '../check-catalog.ts';
export { ServiceHost, type ServiceHostArgs } from '../components/service-host.ts';
export { ZookeeperEnsemble, type ZookeeperEnsembleArgs } from '../components/zookeeper-ensemble.ts';
export { ZookeeperMember, type ZookeeperMemberArgs } from '../components/zookeeper-member.ts';
export { type LastDeployed, lastDeployed } from '../last-deployed.ts';
export type { Membership } from '../membership.ts';
export {
  type ProvisionArgs,
  type ProvisionedEnvironment,
  provisionEnvironment,
} from '../provision-environment.ts';
export type { RegistryOwner } from '../registry-owner.ts';
export type { Release } from '../releases/release.ts';
export type { Releases } from '../releases/releases.ts';
export type { Environment } from '../render/environment.ts';
export type { RenderedFile } from '../render/file.ts';
export {
  type ReadSource,
  type ServiceHostFiles,
  type SourceFile,
  serviceHostFiles,
} from '../render/host.ts';
export { zookeeperFiles } from '../render/zookeeper.ts';
export type { Connection, Host, HostArch, JumpHost, Login } from '../targets/host.ts';
export { type SshHostArgs, type SshLogin, sshHost } from '../targets/ssh-host.ts';
export { releasesIn } from './releases-in.ts';
