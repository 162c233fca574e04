import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Combobox, RadioButtonGroup, useStyles2, useTheme2 } from '@grafana/ui';
import { useId, useState } from 'react';
import { arriving, PATH_ROLES, readPath, type Path as Ways, type Step, type Way } from '../capture/path';
import { isOfHost } from '../capture/roles';
import { BarTable, type BarRow } from '../parts/BarTable';
import { packets, percent, portion, si } from '../parts/format';
import { Bar, type Tick } from '../parts/Lane';
import { Legend } from '../parts/Legend';
import { laneColor, pathColors } from '../parts/palette';
import { Statement } from '../parts/Statement';
import {
  decadesOf,
  describeCover,
  describeStep,
  describeWay,
  isSeen,
  logShare,
  pathTable,
  stepId,
  stepLabel,
} from './pathModel';
import { SCALE_CHOICES, type PathScale } from './pathOptions';
import { LOW, NARROW } from './room';
import { defineView, type ViewProps } from './view';

/** Loss from which a guide of practice warns. */
const WARN = 0.01;
/** Pixels: what a slice has at least, however few the packets. */
const THINNEST = 2;

/** The funnel from the NIC to the capture socket: where the packets of one VM are lost, and what to try first. */
function Path({ capture, width, height, timeRange, options, onOptions, toolbar }: ViewProps<Ways>) {
  const styles = useStyles2(getStyles);
  const [vm, setVm] = useState<string>();
  const [chosenId, setChosen] = useState<string>();
  const reading = useId();
  const { scale } = options.path;
  const narrow = width < NARROW;
  const way = capture.ways.find((one) => one.vm === vm) ?? capture.ways[0]!;
  const chosen = way.steps.find((step) => stepId(step) === chosenId) ?? way.worst ?? way.steps.at(-1)!;
  const decades = decadesOf(way.steps);
  const cover = describeCover(way, (timeRange.to.valueOf() - timeRange.from.valueOf()) / 1000);
  const statement = describeWay(way, capture);
  const low = height < LOW;
  const key = <Key scale={scale} onScale={(choice) => onOptions({ path: { scale: choice } })} />;
  return (
    <>
      <Statement {...statement} note={[statement.note, cover].filter(Boolean).join(' ')} toolbar={toolbar} />
      <div className={styles.scroll}>
        {capture.ways.length > 1 && <VmPicker path={capture} vm={way.vm} onVm={setVm} />}
        <BarTable
          caption={`Packets through ${new Set(way.steps.map(({ stage }) => stage)).size} stages${way.vm && ` for ${way.vm}`}`}
          labelTitle="Stage"
          titles={narrow ? ['Lost', 'Loss'] : ['Got through', 'Lost', 'Loss']}
          rows={way.steps.map((step) =>
            rowOf(step, way, narrow, <Lane step={step} scale={scale} decades={decades} />),
          )}
          ticks={scale === 'share' ? shareTicks(narrow ? 2 : 4) : logTicks(decades)}
          thickness={thicknessFor(height, width, way.steps.length)}
          narrow={narrow}
          chosen={stepId(chosen)}
          onChoose={setChosen}
          about={reading}
        />
        <p id={reading} className={styles.reading} data-testid="capturecost-reading">
          <strong>{stepLabel(chosen)}</strong> {describeStep(chosen)}
        </p>
        {low && key}
      </div>
      {!low && key}
    </>
  );
}

function Key({ scale, onScale }: { scale: PathScale; onScale: (scale: PathScale) => void }) {
  const { carried, lost } = pathColors(useTheme2());
  return (
    <Legend
      before={
        <RadioButtonGroup
          size="sm"
          aria-label="Bars show"
          options={[...SCALE_CHOICES]}
          value={scale}
          onChange={onScale}
        />
      }
      items={[
        ...(scale === 'share' ? [{ label: 'Still there', color: carried, mark: 'square' as const }] : []),
        { label: 'Lost', color: lost, mark: 'square' },
      ]}
    />
  );
}

function VmPicker({ path, vm, onVm }: { path: Ways; vm: string; onVm: (vm: string) => void }) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.picker} data-no-picture>
      <Combobox
        aria-label="VM"
        width="auto"
        minWidth={20}
        options={path.ways.map((way) => ({
          value: way.vm,
          label: way.vm,
          description: way.worst ? `${portion(1 - arriving(way))} lost` : 'no loss seen',
        }))}
        value={vm}
        onChange={({ value }) => onVm(value)}
      />
    </div>
  );
}

function rowOf(step: Step, { vm }: Way, narrow: boolean, lane: BarRow['lane']): BarRow {
  const { stage, carried, dropped, lost } = step;
  const numbers = narrow ? [si(dropped), portion(lost)] : [packets(carried), packets(dropped), portion(lost)];
  return {
    id: stepId(step),
    label: stepLabel(step),
    ...(vm && { group: (isSeen(step) ? step.shared : isOfHost(stage)) ? 'Host, packets of all VMs' : vm }),
    lane,
    cells: isSeen(step) ? numbers : ['not seen'],
    faint: !isSeen(step),
    alarms: (lost ?? 0) >= WARN ? 2 : 0,
  };
}

interface LaneProps {
  readonly step: Step;
  readonly scale: PathScale;
  readonly decades: number;
}

function Lane({ step, scale, decades }: LaneProps) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const { carried, lost } = pathColors(theme);
  const ground = laneColor(theme);
  if (!isSeen(step)) {
    return <div className={styles.unseen} />;
  }
  const { before, after, dropped } = step;
  return scale === 'share' ? (
    <>
      <Bar from={0} to={1} color={ground} />
      <Bar from={0} to={before} color={carried} />
      {(step.lost ?? 0) > 0 && <Bar from={after} to={before} color={lost} least={THINNEST} />}
    </>
  ) : (
    <>
      <Bar from={0} to={1} color={ground} />
      {(dropped ?? 0) > 0 && <Bar from={0} to={logShare(dropped!, decades)} color={lost} least={THINNEST} />}
    </>
  );
}

const shareTicks = (parts: number): Tick[] =>
  Array.from({ length: parts + 1 }, (_, i) => ({ at: i / parts, text: percent(i / parts) }));

/** Bars use the height there is: what stands above and below them takes some 330 pixels. */
const thicknessFor = (height: number, width: number, bars: number): number =>
  width < NARROW ? 14 : Math.round(Math.min(40, Math.max(14, (height - 330) / bars - 8)));

/** Every power of ten, or every third where there are many. */
function logTicks(decades: number): Tick[] {
  const step = decades > 5 ? 3 : 1;
  return Array.from({ length: Math.floor(decades / step) + 1 }, (_, i) => ({
    at: (i * step) / decades,
    text: si(10 ** (i * step)),
  }));
}

const getStyles = (theme: GrafanaTheme2) => ({
  scroll: css({ flex: '1 1 0', minHeight: 0, overflow: 'auto' }),
  picker: css({ padding: theme.spacing(0.5) }),
  unseen: css({
    position: 'absolute',
    inset: 0,
    top: '50%',
    borderTop: `1px dashed ${theme.colors.border.strong}`,
  }),
  reading: css({
    margin: theme.spacing(1, 0.5, 0),
    minHeight: '3em',
    maxWidth: '80em',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    '& strong': { color: theme.colors.text.primary, fontWeight: theme.typography.fontWeightMedium },
  }),
});

export const path = defineView({
  id: 'path',
  label: 'Path',
  description: 'The funnel from the NIC to the capture socket: packets, drops and percent at each stage.',
  uses: PATH_ROLES,
  read: (found, { range }) => readPath(found, range),
  Component: Path,
  table: pathTable,
});
