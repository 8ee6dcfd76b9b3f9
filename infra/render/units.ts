/** systemd units of the daemons. */
import { publicFile, type RenderedFile } from './file.ts';
import { paths, user } from './paths.ts';

interface UnitOptions {
  readonly description: string;
  /** Further lines of the section [Unit]. */
  readonly unit?: readonly string[];
  readonly service: readonly string[];
}

/** No new privileges, the system read-only, restart for ever with a short pause. */
const hardening = [
  'NoNewPrivileges=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'ProtectKernelTunables=yes',
  'ProtectControlGroups=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
] as const;

export function unit({ description, unit = [], service }: UnitOptions): string {
  return [
    '[Unit]',
    `Description=${description}`,
    'Wants=network-online.target',
    'After=network-online.target',
    // Never give up: a daemon that cannot start now may start in an hour.
    'StartLimitIntervalSec=0',
    ...unit,
    '',
    '[Service]',
    `User=${user}`,
    `Group=${user}`,
    'Restart=always',
    'RestartSec=500ms',
    ...service,
    ...hardening,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}

export function unitFile(name: string, options: UnitOptions): RenderedFile {
  return publicFile(`${paths.units}/${name}.service`, unit(options));
}

/** The folders under /run and /var/lib are shared by the daemons and outlive each of them. */
const sharedFolders = [
  'RuntimeDirectory=smartstack',
  'RuntimeDirectoryMode=0755',
  'RuntimeDirectoryPreserve=yes',
  'StateDirectory=smartstack smartstack/haproxy',
] as const;

/**
 * After HAProxy, and so stopped before it: it goes on until instances that are reached through it, over
 * TLS, have left the registry. On every host, as another unit would take a restart. Where HAProxy cannot
 * start, nerve does.
 */
export function nerveUnit(): RenderedFile {
  return unitFile('nerve', {
    description: 'nerve registers the healthy instances of this host in ZooKeeper',
    unit: ['After=haproxy.service'],
    service: agentDaemon('nerve'),
  });
}

export function synapseUnit(): RenderedFile {
  return unitFile('synapse', {
    description: 'synapse keeps HAProxy in step with ZooKeeper',
    service: agentDaemon('synapse'),
  });
}

export type AgentName = 'nerve' | 'synapse';

/**
 * A daemon has little garbage and waits most of the time: a small young generation and no helper
 * threads that collect it take a third less memory and a quarter less of the processor (`npm run
 * bench`). Smaller still, it makes the first configuration of 1,000 services take half as long
 * again. Compilation keeps its helpers: they cost nothing at rest and a tenth less time at a start.
 */
const nodeFlags = ['--single-threaded-gc', '--max-semi-space-size=8'] as const;

/** The command line of a daemon of ours; `flags` come before the configuration. */
export function agentCommand(name: AgentName, ...flags: readonly string[]): string {
  const program = [`${paths.release}/bin/node`, ...nodeFlags, `${paths.release}/${name}.mjs`];
  return [...program, ...flags, '-c', `${paths.config}/${name}.conf.json`].join(' ');
}

function agentDaemon(name: AgentName): readonly string[] {
  return [
    'Type=notify',
    'NotifyAccess=all',
    // Of glibc: each arena keeps what it once had, and unless the limit is fixed, lets in ever larger
    // blocks, which come apart there: 509 MiB at the worst of 1,000 services x 50, 364 with it.
    'Environment=MALLOC_ARENA_MAX=1',
    'Environment=MALLOC_MMAP_THRESHOLD_=131072',
    `ExecStart=${agentCommand(name)}`,
    'ExecReload=/bin/kill -HUP $MAINPID',
    'TimeoutStartSec=30',
    'WatchdogSec=60',
    // Requests come before news: a burst of these must not hold up HAProxy.
    ...(name === 'synapse' ? ['Nice=5'] : []),
    // A check or hook that is under way is the daemon's own business.
    'KillMode=mixed',
    'TimeoutStopSec=15',
    ...sharedFolders,
  ];
}

/**
 * HAProxy starts after synapse has written a first configuration, and starts all the same when
 * synapse cannot: the last one is still there (law 1).
 */
export function haproxyUnit(): RenderedFile {
  const { haproxyConfig: config, haproxyMasterSocket: master } = paths;
  return unitFile('haproxy', {
    description: 'HAProxy carries the requests of this host to healthy instances',
    unit: ['Wants=synapse.service', 'After=synapse.service'],
    service: [
      ...haproxyDaemon(config, `-S ${master},mode,660`),
      'AmbientCapabilities=CAP_NET_BIND_SERVICE',
      'CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
      ...sharedFolders,
    ],
  });
}

export type RelayOptions = Omit<UnitOptions, 'service'>;

/** A HAProxy beside the one that synapse keeps: nothing but TLS, which no restart of another cuts. */
export function relayUnit(name: string, config: string, options: RelayOptions): RenderedFile {
  const service = [...haproxyDaemon(config), 'CapabilityBoundingSet='];
  return unitFile(name, { ...options, service });
}

function haproxyDaemon(config: string, ...flags: readonly string[]): readonly string[] {
  return [
    'Type=notify',
    `ExecStartPre=/usr/sbin/haproxy -q -c -f ${config}`,
    `ExecStart=${['/usr/sbin/haproxy -Ws -f', config, ...flags].join(' ')}`,
    'ExecReload=/bin/kill -USR2 $MAINPID',
    'KillMode=mixed',
    'SuccessExitStatus=143',
    // Of 100 that everything else has: requests go on while the host has more to do than it can.
    'CPUWeight=1000',
    // The same where the daemons share one group, as in some containers.
    'Nice=-5',
    'LimitNOFILE=65536',
  ];
}

export function zookeeperUnit(heapMb: number | undefined): RenderedFile {
  const { zookeeper, zookeeperState: state } = paths;
  return unitFile('zookeeper', {
    description: 'ZooKeeper, a member of the ensemble',
    service: [
      'Type=simple',
      ...(heapMb === undefined ? [] : [`Environment=ZK_SERVER_HEAP=${heapMb}`]),
      `ExecStartPre=${zookeeper}/bin/zookeeper-compose-config`,
      `ExecStart=${zookeeper}/bin/zkServer.sh start-foreground`,
      'SuccessExitStatus=143',
      'LimitNOFILE=65536',
      'StateDirectory=zookeeper zookeeper/data zookeeper/log zookeeper/conf',
      `WorkingDirectory=${state}`,
    ],
  });
}
