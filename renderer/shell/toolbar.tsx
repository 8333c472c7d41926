import { Dices, Play, Search, Square, TriangleAlert } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { MachineInfo, MachineRef } from '../../core/contract/window.ts';
import { noScenarios } from '../../core/machine/scenario.ts';
import { chooseInputs, pickInputs } from '../session/inputs.ts';
import { changeSettings, pickMachine } from '../session/machines.ts';
import { fileNameOf } from '../session/model.ts';
import { machineNameOf } from '../session/names.ts';
import { chooseMachine } from '../session/opening.ts';
import { readSettings } from '../session/settings.ts';
import { selectMachine, selectRun, useSession, type Session } from '../session/store.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Picker, type PickerItem } from '../ui/picker.tsx';
import { runCommand } from './commands.ts';
import { SweepButton } from './sweep-button.tsx';
import { ThemeButton } from './theme-button.tsx';
import './toolbar.css';

const CHOOSE_FILE = 'choose-file';
/** Begins the id of a file of inputs, as no scenario's name does. */
const INPUTS = 'inputs:\n';

/** Says under the toolbar what is wrong with the settings, and when there is nothing to run. */
export function SettingsProblem(): ReactNode {
  const settings = useSession((state) => state.settings);
  const info = useSession((state) => selectMachine(state)?.info);
  const read = readSettings(settings);
  if (read.kind === 'ok') return null;
  const { scenario, seed, operations } = read.problems;
  const missing = scenario !== undefined && info?.scenarios.length === 0 && noScenarios(info.name);
  const problems = [missing && `${missing.title} ${missing.remedy}`, seed, operations].filter(
    Boolean,
  );
  if (problems.length === 0) return null;
  return (
    <p className="settings-problem" role="alert">
      <TriangleAlert size={16} aria-hidden className="ink-finding" />
      {problems.join(' ')}
    </p>
  );
}

/** What to run: machine, scenario, seed, length, faults; and the button that runs it. */
export function Toolbar(): ReactNode {
  return (
    <header className="toolbar">
      <MachinePicker />
      <ScenarioPicker />
      <SeedField />
      <OperationsField />
      <FaultsPicker />
      <RunButton />
      <SweepButton />
      <span className="spacer" />
      <IconButton icon={Search} command="palette" onPress={() => runCommand('palette')} />
      <ThemeButton />
    </header>
  );
}

function MachinePicker(): ReactNode {
  const samples = useSession((state) => state.samples);
  const machines = useSession((state) => state.machines);
  const recents = useSession((state) => state.recents);
  const machine = useSession(selectMachine);
  const files = new Map<string, PickerItem>();
  const addFile = (path: string) =>
    files.set(path, {
      id: `file:${path}`,
      label: machineNameOf({ kind: 'file', path }, undefined, { machines, recents }),
      description: path,
    });
  for (const { ref } of machines) if (ref.kind === 'file') addFile(ref.path);
  for (const { kind, path } of recents) if (kind === 'machine') addFile(path);
  return (
    <Picker
      label="Machine"
      className="machine-picker"
      placeholder="Choose a machine"
      selected={machine && keyOf(machine.ref)}
      sections={[
        {
          title: 'Samples',
          items: samples.map(({ name, description }) => ({
            id: `sample:${name}`,
            label: name,
            description,
          })),
        },
        ...(files.size > 0 ? [{ title: 'Your machines', items: [...files.values()] }] : []),
        { title: 'Other', items: [{ id: CHOOSE_FILE, label: 'Open a machine…' }] },
      ]}
      onPick={(id) => {
        if (id === CHOOSE_FILE) void chooseMachine();
        else void pickMachine(refOf(id));
      }}
    />
  );
}

function keyOf(ref: MachineRef): string {
  return ref.kind === 'sample' ? `sample:${ref.name}` : `file:${ref.path}`;
}

function refOf(key: string): MachineRef {
  const rest = key.slice(key.indexOf(':') + 1);
  return key.startsWith('sample:') ? { kind: 'sample', name: rest } : { kind: 'file', path: rest };
}

function ScenarioPicker(): ReactNode {
  const machine = useSession(selectMachine);
  const scenario = useSession((state) => state.settings.scenario);
  const inputs = useSession((state) => state.settings.inputs);
  const recents = useSession((state) => state.recents);
  const files = recents.filter(({ kind }) => kind === 'inputs').map(({ path }) => path);
  const shownFiles = inputs === undefined ? files : [...new Set([inputs, ...files])];
  return (
    <Picker
      label="Scenario"
      className="scenario-picker"
      placeholder={machine?.status === 'opening' ? 'Opening…' : 'Scenario'}
      isDisabled={!machine?.info}
      selected={machine?.info && (inputs === undefined ? scenario : `${INPUTS}${inputs}`)}
      sections={[
        {
          items: (machine?.info?.scenarios ?? []).map(({ name, description }) => ({
            id: name,
            label: name,
            description,
          })),
        },
        {
          title: 'Inputs from a file',
          items: [
            ...shownFiles.map((path) => ({
              id: `${INPUTS}${path}`,
              label: fileNameOf(path),
              description: path,
            })),
            { id: CHOOSE_FILE, label: 'Choose a file of inputs…' },
          ],
        },
      ]}
      onPick={(id) => {
        if (id === CHOOSE_FILE) void chooseInputs();
        else if (id.startsWith(INPUTS)) void pickInputs(id.slice(INPUTS.length));
        else changeSettings({ scenario: id });
      }}
    />
  );
}

function SeedField(): ReactNode {
  return (
    <SettingsField field="seed" label="Seed" hint="The seed: 0 to 18446744073709551615">
      <IconButton icon={Dices} label="Draw another seed" onPress={drawSeed} />
    </SettingsField>
  );
}

function OperationsField(): ReactNode {
  return <SettingsField field="operations" label="Operations" hint="How many operations to run" />;
}

interface SettingsFieldProps {
  field: 'seed' | 'operations';
  label: string;
  hint: string;
  children?: ReactNode;
}

/** A setting that is typed; wrong text is marked here and explained under the toolbar. */
function SettingsField({ field, label, hint, children }: SettingsFieldProps): ReactNode {
  const isOpening = useSession(isMachineOpening);
  const settings = useSession((state) => state.settings);
  const read = readSettings(settings);
  const problem = read.kind === 'err' ? read.problems[field] : undefined;
  return (
    <span className="labelled-field">
      <span className="field-label" aria-hidden>
        {field}
      </span>
      <Field
        className={`${field}-field`}
        label={label}
        isInvalid={problem !== undefined}
        hint={problem ?? hint}
        value={settings[field]}
        isDisabled={isOpening}
        onChange={(text) => changeSettings({ [field]: text })}
        onKeyDown={runOnEnter}
      />
      {children}
    </span>
  );
}

/** A machine that opens brings its own proposals, which would overwrite what is typed. */
function isMachineOpening(state: Session): boolean {
  return selectMachine(state)?.status === 'opening';
}

/** Any 64-bit number; the window may use the system's randomness, unlike a machine. */
function drawSeed(): void {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  changeSettings({ seed: ((BigInt(high) << 32n) | BigInt(low)).toString() });
}

function runOnEnter(event: { readonly key: string }): void {
  if (event.key === 'Enter') runCommand('run');
}

const NO_PROFILES: MachineInfo['faultProfiles'] = [];

function FaultsPicker(): ReactNode {
  const faults = useSession((state) => state.settings.faults);
  const profiles = useSession((state) => selectMachine(state)?.info?.faultProfiles) ?? NO_PROFILES;
  return (
    <Picker
      label="Faults"
      className="faults-picker"
      placeholder="Faults"
      selected={faults}
      sections={[
        {
          items: profiles.map(({ name, description }) => ({
            id: name,
            label: name === 'none' ? 'no faults' : name,
            description,
          })),
        },
      ]}
      onPick={(id) => changeSettings({ faults: id })}
    />
  );
}

/** A run must have gone on for so long before its button cancels it: a double click is no wish. */
const CANCEL_AFTER_MS = 500;

/** Whether something has been so for a while. */
function useLasting(isSo: boolean, ms: number): boolean {
  const [isLasting, setLasting] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLasting(isSo), isSo ? ms : 0);
    return () => clearTimeout(timer);
  }, [isSo, ms]);
  return isSo && isLasting;
}

/** Runs, and while a run goes on cancels it. */
function RunButton(): ReactNode {
  const isRunning = useSession((state) => selectRun(state)?.status === 'running');
  const isCancellable = useLasting(isRunning, CANCEL_AFTER_MS);
  const isReady = useSession(
    (state) =>
      selectMachine(state)?.info !== undefined && readSettings(state.settings).kind === 'ok',
  );
  if (isCancellable) {
    return (
      <Button className="run-button" icon={Square} onPress={() => runCommand('cancel')}>
        Cancel
      </Button>
    );
  }
  return (
    <Button
      className="run-button"
      variant="primary"
      icon={Play}
      isDisabled={!isReady || isRunning}
      onPress={() => runCommand('run')}
    >
      Run
    </Button>
  );
}
