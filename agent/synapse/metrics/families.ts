import type { Families } from '../../lib/prometheus.ts';

/** What Prometheus gets to see of synapse. */
export const families = {
  synapse_services: {
    type: 'gauge',
    help: 'Configured services.',
    labels: [],
  },
  synapse_instances: {
    type: 'gauge',
    help: 'Instances of a service, by where they are known from.',
    labels: ['service', 'origin'],
  },
  synapse_servers: {
    type: 'gauge',
    help: 'Servers of a service in HAProxy, by its own word: up, down, drain or maint.',
    labels: ['service', 'state'],
  },
  synapse_guarded_instances: {
    type: 'gauge',
    help: 'Instances that vanished without a word and are held.',
    labels: ['service'],
  },
  synapse_decided_instances: {
    type: 'gauge',
    help: 'Instances of which an operator decided: pinned, drain or maintenance.',
    labels: ['service', 'decision'],
  },
  synapse_rejected_registrations: {
    type: 'gauge',
    help: 'Registrations that are left out because they are wrong.',
    labels: ['service'],
  },
  synapse_refused_settings: {
    type: 'gauge',
    help: 'Settings for generators in the registry that are left out because they are wrong.',
    labels: ['service'],
  },
  synapse_service_watching: {
    type: 'gauge',
    help: "Whether changes of a service's source would be seen now.",
    labels: ['service'],
  },
  synapse_guard_holds_total: {
    type: 'counter',
    help: 'Instances that the guard took hold of.',
    labels: ['service'],
  },
  synapse_guard_releases_total: {
    type: 'counter',
    help: 'Instances that the guard let go, by the reason.',
    labels: ['service', 'reason'],
  },
  synapse_departures_total: {
    type: 'counter',
    help: 'Instances that said that they leave, by the reason they gave.',
    labels: ['service', 'reason'],
  },
  synapse_listings_total: {
    type: 'counter',
    help: "Listings of a service's source.",
    labels: ['service'],
  },
  synapse_reads_total: {
    type: 'counter',
    help: 'Single entries read from the source of a service.',
    labels: ['service'],
  },
  synapse_listing_failures_total: {
    type: 'counter',
    help: 'Listings that failed and were repeated.',
    labels: ['service'],
  },
  synapse_registry_read_duration_seconds: {
    type: 'histogram',
    help: 'How long ZooKeeper took for an answer.',
    labels: ['kind'],
    buckets: [0.002, 0.005, 0.02, 0.1, 0.5, 2],
  },
  synapse_registry_connected: {
    type: 'gauge',
    help: 'Whether a ZooKeeper ensemble can be reached.',
    labels: ['hosts'],
  },
  synapse_sessions_expired_total: {
    type: 'counter',
    help: 'Sessions of ZooKeeper that expired.',
    labels: [],
  },
  synapse_proxy_running: {
    type: 'gauge',
    help: 'Whether HAProxy answers.',
    labels: [],
  },
  synapse_proxy_current: {
    type: 'gauge',
    help: 'Whether HAProxy runs the text that synapse wants.',
    labels: [],
  },
  synapse_steps_total: {
    type: 'counter',
    help: 'Changes over the runtime socket.',
    labels: ['step', 'result'],
  },
  synapse_reloads_total: {
    type: 'counter',
    help: 'Reloads of HAProxy.',
    labels: ['result'],
  },
  synapse_config_checks_total: {
    type: 'counter',
    help: 'Checks of a new configuration by HAProxy itself.',
    labels: ['result'],
  },
  synapse_socket_errors_total: {
    type: 'counter',
    help: 'Commands on the runtime socket without an answer.',
    labels: [],
  },
  synapse_change_applied_seconds: {
    type: 'histogram',
    help: "From the news of a change to HAProxy's having it.",
    labels: [],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
  },
  synapse_config_problems: {
    type: 'gauge',
    help: 'Mistakes in the part of the configuration that was refused.',
    labels: [],
  },
} as const satisfies Families;
