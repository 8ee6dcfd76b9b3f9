/** Figures as people read them, the same in the page and on the terminal. */

import type { DrillTimes, JudgedLimit, TrafficSummary } from '../harness/outcome.ts';
import type { TrafficKind } from '../traffic/record.ts';

export const kindNames: Readonly<Record<TrafficKind, string>> = {
  'http-keepalive': 'HTTP, kept connections',
  'http-fresh': 'HTTP, a connection each',
  'tcp-fresh': 'TCP, a connection each',
  'tcp-held': 'TCP, a held connection',
};

/** `12 ms`, `0.31 s`, `1.2 s`, `48 s`, `3 min 5 s`. */
export function length(ms: number): string {
  const seconds = ms / 1_000;
  if (ms < 99.5) return `${Math.round(ms)} ms`;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `1,204`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `2`, `3.4`, `1.20 s`: beside a limit that has the unit. */
export function figure(value: number, unit: JudgedLimit['unit']): string {
  if (unit === 'ms') return length(value);
  return Number.isInteger(value) ? count(value) : value.toFixed(1);
}

/** `0 reloads`, `1.20 s`. */
export function amount(value: number, unit: JudgedLimit['unit']): string {
  const text = figure(value, unit);
  return unit === 'ms' ? text : `${text} ${unit}`;
}

/** `2026-01-31 12:00 UTC`. */
export function dayAndTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `+12.3 s` after the start. */
export function since(atMs: number, startMs: number): string {
  const seconds = (atMs - startMs) / 1_000;
  return `${seconds < 0 ? '−' : '+'}${Math.abs(seconds).toFixed(1)} s`;
}

/** `2 refused`, `3: 2 refused, 1 reset`, or `0`. */
export function failedByCause({ failed, failedByCause: causes }: TrafficSummary): string {
  if (failed === 0) return '0';
  const parts = Object.entries(causes).map(([cause, times]) => `${count(times)} ${cause}`);
  return parts.length === 1 ? parts.join() : `${count(failed)}: ${parts.join(', ')}`;
}

export const timeNames = {
  detectedMs: 'detected',
  trafficMovedMs: 'traffic moved',
  recoveredMs: 'recovered',
} as const satisfies Readonly<Record<keyof DrillTimes, string>>;

export const timeKeys = ['detectedMs', 'trafficMovedMs', 'recoveredMs'] as const;

/** A dash where a drill has no such moment. */
export function timeOf(times: DrillTimes, key: keyof DrillTimes): string {
  const ms = times[key];
  return ms === undefined ? '–' : length(ms);
}

export function totalOf(reloads: Readonly<Record<string, number>>): number {
  return Object.values(reloads).reduce((sum, value) => sum + value, 0);
}
