import type { Families } from '../../lib/prometheus.ts';

/** What Prometheus gets to see of nerve. */
export const families = {
  nerve_checks_total: {
    type: 'counter',
    help: 'Checks that were run, by their result.',
    labels: ['service', 'check', 'result'],
  },
  nerve_check_duration_seconds: {
    type: 'histogram',
    help: 'How long a check took.',
    labels: ['service'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
  },
  nerve_transitions_total: {
    type: 'counter',
    help: "Changes of a service's health, by what it became.",
    labels: ['service', 'health'],
  },
  nerve_reports_total: {
    type: 'counter',
    help: 'What registries were told, by the result.',
    labels: ['service', 'result'],
  },
  nerve_registry_write_duration_seconds: {
    type: 'histogram',
    help: 'How long ZooKeeper took for a write.',
    labels: ['kind'],
    buckets: [0.002, 0.005, 0.02, 0.1, 0.5, 2],
  },
  nerve_throttled_total: {
    type: 'counter',
    help: 'Reports that the rate limit held back, or would have in shadow mode.',
    labels: ['service', 'shadow_mode'],
  },
  nerve_service_up: {
    type: 'gauge',
    help: 'Whether the checks of a service pass: 1, or 0; no sample before they have decided.',
    labels: ['service'],
  },
  nerve_service_registered: {
    type: 'gauge',
    help: 'Whether a service is to be found in its registry.',
    labels: ['service', 'reporter'],
  },
  nerve_service_withheld: {
    type: 'gauge',
    help: 'Whether a service stays out of the registry, whatever its checks say.',
    labels: ['service'],
  },
  nerve_registry_connected: {
    type: 'gauge',
    help: 'Whether a ZooKeeper ensemble can be reached.',
    labels: ['hosts'],
  },
  nerve_config_problems: {
    type: 'gauge',
    help: 'Mistakes in the part of the configuration that was refused.',
    labels: [],
  },
} as const satisfies Families;
