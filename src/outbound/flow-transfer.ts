// Flows as wholes: copied without webhooks and schedules, exported with both as one JSON, imported again. Secrets leave as names
// only, and the import asks for their values (the seed: webhooks are not copied with a flow, but exported with it).

import type { Refusal } from '../core/command.ts';
import { refused } from '../core/command.ts';
import type { JsonObject } from '../core/json.ts';
import type { WorkflowDef } from '../core/model.ts';
import { validateWorkflowDef } from '../core/validate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/store.ts';
import { type FlowWebhookConfig, type Problem, replaceSecrets } from './flow-webhook.ts';
import type { FlowWebhooks, InvalidFlowWebhook, Wish } from './flow-webhooks.ts';

const FORMAT = 'fermata.flow';
/** Grows with every change that older servers cannot read. */
const FORMAT_VERSION = 1;

/** Schedules of flows, which another room keeps; `S` is one of them as it is saved. */
export interface ScheduleTransfer<S> {
  of(flow: string): Promise<readonly S[]>;
  /** Checks all, and answers how to save them. */
  prepare(
    flow: string,
    schedules: readonly S[],
    by: { readonly name: string; readonly overwrite: boolean },
  ): Promise<Refusal | (() => Promise<void>)>;
}

export interface FlowFile<S> {
  readonly format: typeof FORMAT;
  readonly formatVersion: typeof FORMAT_VERSION;
  readonly exportedAt: number;
  readonly name: string;
  /** All versions, oldest first. */
  readonly definitions: readonly JsonObject[];
  /** In place of each secret stands `secret:<name>`. */
  readonly webhooks: readonly Wish[];
  readonly schedules: readonly S[];
  /** Names that the import asks for, and where they are used. */
  readonly secrets: readonly { readonly name: string; readonly usedBy: string }[];
}

export interface Import<S> {
  readonly file: FlowFile<S>;
  /** Another name than in the file. */
  readonly name?: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Replaces versions, webhooks and schedules that are there; without it any of them is a conflict. */
  readonly overwrite: boolean;
  readonly by: string;
}

export interface Transferred {
  readonly name: string;
  readonly versions: readonly number[];
  readonly webhooks: number;
  readonly schedules: number;
}

export interface FlowTransferDeps<S> {
  readonly store: Store;
  readonly webhooks: FlowWebhooks;
  readonly schedules: ScheduleTransfer<S>;
  readonly clock: Clock;
}

export interface FlowTransfer<S> {
  copy(flow: string, to: string, by: string): Promise<Transferred | Refusal>;
  export(flow: string): Promise<FlowFile<S> | Refusal>;
  import(order: Import<S>): Promise<Transferred | Refusal>;
}

const REFERENCE = 'secret:';

export function createFlowTransfer<S>({ store, webhooks, schedules, clock }: FlowTransferDeps<S>): FlowTransfer<S> {
  const versionsOf = async (flow: string): Promise<WorkflowDef[]> =>
    (await store.definitions.listWorkflows()).filter(({ name }) => name === flow);

  /** Of two that make the same version at once, the second is told. */
  const put = async (defs: readonly WorkflowDef[], overwrite: boolean): Promise<Refusal | undefined> => {
    for (const def of defs) {
      const answer = await store.definitions.putWorkflow(def, { overwrite, now: clock.now() });
      if (answer === 'exists') return refused('conflict', `version ${def.version} of ${def.name} exists`);
    }
    return undefined;
  };

  const claim = async (name: string, owner: string): Promise<void> => {
    const now = clock.now();
    if (!(await store.flows.get(name)))
      await store.flows.change({ name, owner, rev: 1, createdAt: now, updatedAt: now }, 0, {});
  };

  return {
    async copy(flow, to, by) {
      const defs = await versionsOf(flow);
      if (defs.length === 0) return refused('notFound', `there is no flow named '${flow}'`);
      if ((await versionsOf(to)).length > 0) return refused('conflict', `a flow named '${to}' exists`);
      const copies = defs.map((def) => ({ ...def, name: to, createdBy: by }));
      const invalid = firstInvalid(copies);
      if (invalid) return invalid;
      const problem = await put(copies, false);
      if (problem) return problem;
      await claim(to, by);
      return { name: to, versions: copies.map(({ version }) => version), webhooks: 0, schedules: 0 };
    },
    async export(flow) {
      const defs = await versionsOf(flow);
      if (defs.length === 0) return refused('notFound', `there is no flow named '${flow}'`);
      const listed = await webhooks.list(flow);
      if ('type' in listed) return listed;
      const secrets: { name: string; usedBy: string }[] = [];
      const wishes = listed.map(({ enabled, config }, i): Wish => {
        const named = replaceSecrets(config, (_secret, place) => {
          const name = `webhook-${i + 1}.${place}`;
          secrets.push({ name, usedBy: config.name });
          return REFERENCE + name;
        });
        return { enabled, config: named };
      });
      return {
        ...{ format: FORMAT, formatVersion: FORMAT_VERSION, exportedAt: clock.now(), name: flow },
        definitions: defs as unknown as readonly JsonObject[],
        webhooks: wishes,
        schedules: await schedules.of(flow),
        secrets,
      };
    },
    async import({ file, name = file.name, secrets, overwrite, by }) {
      const defs = file.definitions.map((def) => ({ ...def, name }) as unknown as WorkflowDef);
      const invalid = firstInvalid(defs);
      if (invalid) return invalid;
      const there = await versionsOf(name);
      if (there.length > 0 && !overwrite)
        return refused('conflict', `a flow named '${name}' exists; import it under another name, or with overwrite`);
      const filled = withSecrets(file.webhooks, secrets);
      if ('type' in filled) return filled;
      const configs = filled.map(({ config }) => config);
      const unfit = await webhooks.check(name, configs, [...there, ...defs]);
      if (unfit) return unfit;
      const saveSchedules = await schedules.prepare(name, file.schedules, { name: by, overwrite });
      if ('type' in saveSchedules) return saveSchedules;
      const problem = await put(defs, overwrite);
      if (problem) return problem;
      const made = await webhooks.createAll(name, filled, { name: by, instead: true });
      if ('type' in made) return made;
      await saveSchedules();
      const versions = defs.map(({ version }) => version);
      return { name, versions, webhooks: made.length, schedules: file.schedules.length };
    },
  };
}

function firstInvalid(defs: readonly WorkflowDef[]): InvalidFlowWebhook | undefined {
  const problems = defs.flatMap((def, i): Problem[] => {
    const checked = validateWorkflowDef(def);
    return checked.ok
      ? []
      : checked.errors.map(({ path, message }) => ({ path: `definitions[${i}].${path}`, message }));
  });
  const [first] = problems;
  return first && { ...refused('invalid', `${first.path}: ${first.message}`), problems };
}

/** Puts values in place of names; says which are missing, by name. */
function withSecrets(
  wishes: readonly Wish[],
  secrets: Readonly<Record<string, string>>,
): readonly Wish[] | InvalidFlowWebhook {
  const missing = new Set<string>();
  const fill = (config: FlowWebhookConfig): FlowWebhookConfig =>
    replaceSecrets(config, (reference) => {
      if (!reference.startsWith(REFERENCE)) return reference;
      const name = reference.slice(REFERENCE.length);
      if (Object.hasOwn(secrets, name)) return secrets[name];
      missing.add(name);
      return undefined;
    });
  const filled = wishes.map(({ enabled, config }) => ({ enabled, config: fill(config) }));
  if (missing.size === 0) return filled;
  const problems = [...missing].map((name) => ({ path: `secrets.${name}`, message: 'this secret is asked for' }));
  return { ...refused('invalid', `the import needs the secrets ${[...missing].join(', ')}`), problems };
}
