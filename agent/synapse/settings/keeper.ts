/**
 * Settings for generators as the registry has them, over a restart too: HAProxy must not be
 * reloaded because ZooKeeper is down. What HAProxy itself does not take is left out, service by
 * service, and so remembered.
 */
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import type { ServiceConfig, SynapseConfig } from '../../config/synapse.ts';
import { sourcesOf } from '../../config/synapse-discovery.ts';
import { loadJsonFile, saveJsonFile } from '../../lib/json-file.ts';
import type { Logger } from '../../lib/logger.ts';
import type { CheckResult } from '../haproxy/config-file.ts';
import { overlaySettings, type Refusal } from './overlay.ts';
import type { RegistrySettings } from './parse.ts';

export interface SettingsKeeperOptions {
  readonly logger: Logger;
  /** Settings of a service changed. */
  readonly onChange: () => void;
  readonly remembered: ReadonlyMap<string, RegistrySettings>;
}

/** Whether HAProxy takes what a configuration makes. */
export type CheckConfig = (config: SynapseConfig) => Promise<CheckResult>;

export class SettingsKeeper {
  readonly #options: SettingsKeeperOptions;
  readonly #settings: Map<string, RegistrySettings>;
  /** Service → the settings, as text, that HAProxy does not take. */
  readonly #unfit = new Map<string, string>();
  #refused: readonly Refusal[] = [];

  constructor(options: SettingsKeeperOptions) {
    this.#options = options;
    this.#settings = new Map(options.remembered);
  }

  /** Left out when last asked, and why. */
  get refused(): readonly Refusal[] {
    return this.#refused;
  }

  /** For the state file. */
  get settings(): ReadonlyMap<string, RegistrySettings> {
    return this.#settings;
  }

  take(service: string, settings: RegistrySettings): void {
    if (textOf(this.#settings.get(service)) === textOf(settings)) return;
    if (Object.keys(settings).length === 0) this.#settings.delete(service);
    else this.#settings.set(service, settings);
    this.#options.onChange();
  }

  /** `config`, which HAProxy takes, with all settings that fit. */
  async adopt(config: SynapseConfig, check: CheckConfig): Promise<SynapseConfig> {
    this.#forgetAllBut(config.services);
    let accepted = new Map<string, RegistrySettings>();
    const refused: Refusal[] = [];
    const attempt = async (more: readonly (readonly [string, RegistrySettings])[]) => {
      if (more.length === 0) return;
      const candidate = new Map([...accepted, ...more]);
      const result = await check(overlaySettings(config, candidate).config);
      if (result.ok) {
        accepted = candidate;
      } else if (more.length === 1) {
        for (const [service, settings] of more) this.#unfit.set(service, textOf(settings));
      } else {
        const middle = Math.ceil(more.length / 2);
        await attempt(more.slice(0, middle));
        await attempt(more.slice(middle));
      }
    };
    const isUnfit = ([service, settings]: readonly [string, RegistrySettings]): boolean =>
      this.#unfit.get(service) === textOf(settings);
    await attempt([...this.#settings].filter((one) => !isUnfit(one)));
    for (const [service] of [...this.#settings].filter(isUnfit)) {
      refused.push({ service, option: 'all', reason: 'HAProxy does not take them' });
    }
    const overlaid = overlaySettings(config, accepted);
    this.#report([...overlaid.refused, ...refused]);
    return overlaid.config;
  }

  /** What did not fit may do with another configuration. */
  reconsider(): void {
    this.#unfit.clear();
  }

  #forgetAllBut(services: Readonly<Record<string, ServiceConfig>>): void {
    for (const name of this.#settings.keys()) {
      const config = Object.hasOwn(services, name) ? services[name] : undefined;
      if (config === undefined || !readsSettings(config)) this.#settings.delete(name);
    }
  }

  #report(refused: readonly Refusal[]): void {
    const known = new Set(this.#refused.map((one) => JSON.stringify(one)));
    this.#refused = refused;
    for (const one of refused) {
      if (!known.has(JSON.stringify(one))) this.#options.logger.warn('setting-refused', { ...one });
    }
  }
}

function readsSettings({ discovery }: ServiceConfig): boolean {
  return sourcesOf(discovery).some(
    (source) => 'hosts' in source && source.generator_config_path !== 'disabled',
  );
}

function textOf(settings: RegistrySettings | undefined): string {
  return JSON.stringify(settings ?? {});
}

const fileSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));

/** Beside the state file. */
export async function loadSettings(
  statePath: string,
  logger: Logger,
): Promise<ReadonlyMap<string, RegistrySettings>> {
  const parse = (content: unknown) => fileSchema.parse(content);
  return new Map(
    Object.entries((await loadJsonFile(settingsPath(statePath), parse, logger)) ?? {}),
  );
}

/** Rejects with the file system's error. */
export async function saveSettings(
  statePath: string,
  settings: ReadonlyMap<string, RegistrySettings>,
): Promise<void> {
  const path = settingsPath(statePath);
  if (settings.size === 0) return await rm(path, { force: true });
  const sorted = [...settings].sort(([a], [b]) => (a < b ? -1 : 1));
  await saveJsonFile(path, Object.fromEntries(sorted));
}

function settingsPath(statePath: string): string {
  return `${statePath}.settings`;
}
